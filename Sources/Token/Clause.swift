internal import OpsJSONRPC

/// One restriction as a token carries it: the bytes that are sealed, and what they mean.
public struct Clause: Sendable, Equatable {
    /// The bytes that went into the seal; never rewritten, or the seal would not fit them.
    let bytes: [UInt8]
    /// What they mean; nil when this program does not know.
    public let restriction: Restriction?

    static let maxBytes = 4096

    init(_ restriction: Restriction) {
        bytes = [UInt8](restriction.json.text.utf8)
        self.restriction = restriction
    }

    /// Takes bytes that came in a token.
    ///
    /// Bytes that are unknown here are kept: a newer program may have written them. Whoever
    /// decides by the token refuses it.
    init(bytes: [UInt8]) {
        self.bytes = bytes
        let json = try? JSON.parse(bytes, .init(maxDepth: 8, duplicateKeys: .reject))
        restriction = json.flatMap(Restriction.init(json:))
    }

    /// The restriction's text, for people.
    public var text: String { String(decoding: bytes, as: UTF8.self) }
}
