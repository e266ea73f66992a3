internal import OpsJSONRPC

/// An error of its own that a method may answer with; plugins own the codes from 2000.
public struct ErrorDeclaration: Sendable, Equatable, Codable {
    /// The number on the wire.
    public var code: Int
    /// The stable word that programs compare.
    public var kind: String
    /// What it means, in one sentence.
    public var message: String

    /// Declares an error.
    public init(code: Int, kind: String, message: String) {
        self.code = code
        self.kind = kind
        self.message = message
    }

    /// Its members, for `rpc.discover`.
    var json: JSON {
        [
            "code": .number(JSON.Number(code)), "message": .string(message),
            "data": ["kind": .string(kind)],
        ]
    }
}
