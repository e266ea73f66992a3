import OpsJSONRPC
import Testing

@testable import OpsCore

/// Methods that are declared by text, as an external plugin's manifest does.
@Suite struct TextualMethodTests {
    private static let manifest: JSON = [
        "name": "ping.host", "summary": "Pings a host.", "effect": "write", "idempotent": true,
        "params": [
            "type": "object", "required": ["host"], "additionalProperties": false,
            "properties": [
                "count": [
                    "type": "integer", "minimum": 1, "maximum": 9, "default": 3,
                    "description": "How often.",
                ],
                "host": [
                    "type": "string", "minLength": 1, "x-positional": true,
                    "description": "Whom.",
                ],
                "password": ["type": "string", "writeOnly": true],
            ],
        ],
        "result": ["type": "object", "properties": ["ok": ["type": "boolean"]]],
        "columns": ["ok"],
        "deprecated": ["since": "1.0.0", "removal": "2.0.0"],
        "errors": [["code": 2001, "kind": "unreachable", "message": "No answer."]],
        "examples": [["name": "home", "params": ["host": "::1"], "result": ["ok": true]]],
    ]

    private func declaration(_ change: (inout JSON.Object) -> Void = { _ in }) throws
        -> MethodDeclaration
    {
        var members = try #require(Self.manifest.object)
        change(&members)
        return try MethodDeclaration(manifest: members)
    }

    @Test func `a manifest's method has all that a type's has`() throws {
        let method = try declaration()
        #expect(method.name == "ping.host" && method.hook == "ping.before_host")
        #expect(method.fields.map(\.name) == ["host", "count", "password"])
        #expect(method.fields[0].isRequired && method.fields[0].traits.isPositional)
        #expect(method.fields[1].defaultValue == 3 && method.fields[1].help == "How often.")
        #expect(method.fields[2].traits.isSecret)
        #expect(method.isIdempotent && method.deprecated?.removal == "2.0.0")
        #expect(method.errors.map(\.code) == [2001])
        #expect(method.columns == ["ok"])
    }

    @Test(arguments: ["^(?=.*[0-9])", #"(.)\1"#, "("])
    func `a pattern that cannot be matched is named by its place`(pattern: String) throws {
        let error = #expect(throws: RPCError.self) {
            try declaration {
                $0["params"] = ["properties": ["host": ["pattern": .string(pattern)]]]
            }
        }
        #expect(error?.fields.map(\.path) == ["params.properties.host.pattern"])
    }

    @Test func `rpc.discover shows it in the words of OpenRPC`() async throws {
        let registry = MethodRegistry()
        try registry.declare([try declaration()], owner: "ping")
        let document = OpenRPC.document(of: registry, version: "1.0.0")
        let method = try #require(document["methods"]?[0])
        #expect(method["deprecated"] == true)
        #expect(method["x-deprecated"] == ["since": "1.0.0", "removal": "2.0.0"])
        #expect(method["x-idempotent"] == true && method["x-hook"] == "ping.before_host")
        #expect(
            method["errors"] == [
                ["code": 2001, "message": "No answer.", "data": ["kind": "unreachable"]]
            ])
        #expect(
            method["examples"] == [
                [
                    "name": "home", "params": [["name": "host", "value": "::1"]],
                    "result": ["name": "result", "value": ["ok": true]],
                ]
            ])
        #expect(method["params"]?[0]?["schema"]?["minLength"] == 1)
        #expect(method["params"]?[0]?["schema"]?["x-positional"] == nil)
    }

    private static let mistakes: [(member: String, value: JSON, path: String)] = [
        ("name", "ping", "name"), ("effect", "delete", "effect"),
        ("effects", "read", "effects"), ("params", ["type": "string"], "params"),
        ("params", ["properties": ["a": ["typ": "string"]]], "params.properties.a.typ"),
        ("result", ["properties": ["a": ["type": "text"]]], "result.properties.a.type"),
        ("errors", [["code": 1004, "kind": "x"]], "errors[0].code"),
        ("deprecated", ["since": "1"], "deprecated.removal"),
    ]

    @Test(arguments: mistakes)
    func `what is wrong with it is named by its path`(
        member: String, value: JSON, path: String
    ) throws {
        let error = #expect(throws: RPCError.self) { try declaration { $0[member] = value } }
        #expect(error?.fields.first?.path == path)
    }

    @Test func `its parameters are checked and completed before they are forwarded`() async throws {
        try await CallDesk.run { desk in
            try desk.registry.declare([try declaration()], owner: "ping")
            MethodRegistrar(registry: desk.registry, owner: "ping")
                .forward("ping.host") { _, params in .object(params) }
            let answer = try await desk.dispatcher.call("ping.host", ["h"], as: .system)
            #expect(answer["host"] == "h" && answer["count"] == 3)
            let error = await #expect(throws: RPCError.self) {
                try await desk.dispatcher.call(
                    "ping.host", ["hots": "x", "count": 10], as: .system)
            }
            #expect(
                error?.fields.map { "\($0.path) \($0.reason)" } == [
                    "hots is not a member; did you mean host?", "count must be at most 9",
                    "host is required",
                ])
        }
    }

    @Test func `a deprecated method says so in its results`() async throws {
        try await CallDesk.run { desk in
            let answer = try await desk.ask(1, "old")
            #expect(
                answer["result"] == [
                    "_meta": [
                        "warnings": [
                            "note.old is deprecated since 0.1.0 and goes with 0.3.0; use note.count."
                        ]
                    ]
                ])
        }
    }
}
