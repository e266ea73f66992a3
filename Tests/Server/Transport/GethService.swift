import OpsJSONRPC

@testable import OpsCore

/// The methods that go-ethereum's RPC server tests call, under the names that they have there.
actor GethService: Plugin {
    struct Settings: Declared {}

    static let manifest = Manifest(
        name: "geth", version: "1", summary: "Answers what the public scripts ask.",
        methods: texts + [MethodDeclaration(MarshalError.self)])

    private static let texts = [
        declaration("test_echo", echoFields), declaration("test_echoWithCtx", echoFields),
        declaration("test_noArgsRets", []), declaration("test_panic", []),
        declaration("nftest_echo", [field("value", "integer")]),
        declaration(
            "nftest_subscribe",
            [field("name", "string"), field("count", "integer"), field("start", "integer")]),
    ]

    private static let echoFields = [
        field("str", "string"), field("int", "integer"),
        field("args", "object", isRequired: false),
    ]

    private static func declaration(_ name: String, _ fields: [FieldSpec]) -> MethodDeclaration {
        MethodDeclaration(
            name: name, summary: "Does what \(name) does there.", effect: .read,
            isIdempotent: true, fields: fields, resultSchema: [:])
    }

    private static func field(
        _ name: String, _ type: String, isRequired: Bool = true
    ) -> FieldSpec {
        do throws(RPCError) {
            return try FieldSpec(
                name: name, help: "An argument.", schema: ["type": .string(type)],
                isRequired: isRequired)
        } catch {
            preconditionFailure("\(name): \(error)")
        }
    }

    init(_ context: PluginContext, settings: Settings) {
        let methods = context.methods
        methods.forward("test_echo") { _, params in Self.echo(params) }
        methods.forward("test_echoWithCtx") { _, params in Self.echo(params) }
        methods.forward("test_noArgsRets") { _, _ in .null }
        methods.forward("test_panic") { _, _ in throw Panic() }
        methods.answer(MarshalError.self) { _, _ in Unwritable() }
        methods.forward("nftest_echo") { _, params in params["value"] ?? .null }
        methods.forward("nftest_subscribe") { call, params in Self.subscribe(call, params) }
    }

    func start() {}

    func stop() {}

    private static func echo(_ params: JSON.Object) -> JSON {
        [
            "String": params["str"] ?? .null, "Int": params["int"] ?? .null,
            "Args": params["args"] ?? .null,
        ]
    }

    /// Announces the numbers once the subscription has its name; no script opens two of them on
    /// one connection.
    private static func subscribe(_ call: Call, _ params: JSON.Object) -> JSON {
        let name: JSON = "0x1"
        let first = params["start"]?.int ?? 0
        let count = params["count"]?.int ?? 0
        call.afterReply {
            for number in first..<(first + count) {
                call.session?.notify(
                    "nftest_subscription",
                    ["subscription": name, "result": .number(JSON.Number(number))])
            }
        }
        return name
    }

    private struct Panic: Error {}
}

/// A method whose result can't be written.
private struct MarshalError: Method {
    static let name = "test_marshalError"
    static let summary = "Answers what can't be written."
    static let effect = Effect.read
    typealias Result = Unwritable
}

/// A value that refuses to be written as JSON.
private struct Unwritable: Codable, Sendable {
    private struct Refusal: Error {}

    func encode(to encoder: any Encoder) throws { throw Refusal() }
}
