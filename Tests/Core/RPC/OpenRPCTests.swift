import OpsJSONRPC
import Testing

@testable import OpsCore

struct OpenRPCTests {
    struct Various: Method {
        static let name = "various.make"
        static let summary = "Has a parameter of every kind."
        static let effect = Effect.write
        static let columns = ["name", "size"]
        @Param("A default.", .range(1...5)) var count: Int = 2
        @Param("The name.", .positional, .length(1...9), .example("web")) var name: String
        @Param("The command.", .rest) var command: [String] = []
        @Param("A password.", .secret) var password: String?
        @Param("A size.") var size: FieldSetTests.Size = .small
        @Members var more: JSON.Object
        typealias Result = SchemaTests.Outer
    }

    private func document(_ methods: [MethodDeclaration], owner: String = "a") throws -> JSON {
        let registry = MethodRegistry()
        try registry.declare(methods, owner: owner)
        return .object(OpenRPC.document(of: registry, version: "1.2.3"))
    }

    private var extra: [FieldSpec] {
        FieldSet(FieldSetTests.Order.self).fields.map { $0.applying(to: ["order"]) }
            .filter { $0.name != "size" }
    }

    private func various() throws -> JSON {
        try document([MethodDeclaration(Various.self, extra: extra)])
    }

    @Test func `a document of every kind of member keeps the rules`() throws {
        #expect(OpenRPCRules.complaints(about: try various()) == [])
    }

    @Test func `the core's own methods keep the rules`() throws {
        let document = try document(CoreMethods.declarations, owner: CoreMethods.owner)
        #expect(OpenRPCRules.complaints(about: document) == [])
        #expect(document["methods"]?.array?.count == CoreMethods.declarations.count)
    }

    @Test func `a method shows what the command line needs`() throws {
        let method = try #require(try various()["methods"]?[0])
        #expect(method["name"] == "various.make")
        #expect(method["x-effect"] == "write")
        #expect(method["x-owner"] == "a")
        #expect(method["x-columns"] == ["name", "size"])
        #expect(method["paramStructure"] == "by-name")
        let params = Dictionary(
            (method["params"]?.array ?? []).map { ($0["name"]?.string ?? "", $0) },
            uniquingKeysWith: { first, _ in first })
        #expect(method["params"]?[0]?["name"] == "name")
        #expect(params["name"]?["required"] == true)
        #expect(params["name"]?["x-positional"] == true)
        #expect(params["name"]?["schema"]?["examples"] == ["web"])
        #expect(params["command"]?["x-rest"] == true)
        #expect(params["password"]?["x-secret"] == true)
        #expect(params["password"]?["schema"]?["writeOnly"] == true)
        #expect(params["count"]?["schema"]?["default"] == 2)
        #expect(params["size"]?["schema"]?["enum"] == ["small", "large"])
        #expect(params["title"]?["x-applies-to"] == ["order"])
        #expect(params["title"]?["required"] == false)
        #expect(params["more"] == nil)
    }

    @Test(arguments: [
        (#"{"openrpc":"1.3.2","info":{"title":"t","version":"1"}}"#, "lacks methods"),
        (#"{"openrpc":"2","info":{"title":"t","version":"1"},"methods":[]}"#, "openrpc is"),
        (#"{"openrpc":"1.3.2","info":{},"methods":[],"extra":1}"#, "unknown member extra"),
        (
            #"{"openrpc":"1.3.2","info":{"title":"t","version":"1"},"methods":[{"name":"a"}]}"#,
            "lacks params"
        ),
    ])
    func `the rules find what is wrong`(text: String, complaint: String) throws {
        let found = OpenRPCRules.complaints(about: try JSON.parse(text))
        #expect(found.contains { $0.contains(complaint) })
    }

    // MARK: - Second opinions

    @Test(.enabled(if: PythonModule.isThere("jsonschema"), "python3 has no package jsonschema"))
    func `jsonschema takes every schema for a draft-07 one`() async throws {
        let script = """
            import json, sys, jsonschema
            document = json.load(sys.stdin)
            for method in document["methods"]:
                for part in method["params"] + [method["result"]]:
                    jsonschema.Draft7Validator.check_schema(part["schema"])
                    jsonschema.Draft202012Validator.check_schema(part["schema"])
            """
        for document in [try various(), try document(CoreMethods.declarations)] {
            let complaint = try await PythonModule.run(script, input: document.text)
            #expect(complaint == "")
        }
    }

    @Test func `what is kept of the document follows what is declared`() throws {
        let registry = MethodRegistry()
        let discovery = DiscoveryText(of: registry, version: "1")
        func names() throws -> [String?]? {
            try JSON.parse(discovery.text)["methods"]?.array?.map { $0["name"]?.string }
        }
        #expect(try names() == [])
        try registry.declare([MethodDeclaration(Trial.Echo.self)], owner: "a")
        #expect(try names() == ["trial.echo"])
        #expect(try names() == ["trial.echo"])
        registry.withdraw(owner: "a")
        #expect(try names() == [])
    }
}
