/// The answer to a call of ours, its result left as text, because it is passed on and not read.
///
/// Building a result's values to write them out again is most of what passing it on would cost.
public struct ResponseText: Sendable {
    /// The number that the call had as its id.
    public let id: Int
    /// The result's JSON text, which has been checked, or the error.
    public let outcome: Result<[UInt8], RPCError>

    /// Reads a frame that is nothing but a well-formed answer to a numbered call.
    ///
    /// Anything else, such as a request, is nil: ``MessageParser`` reads it or says what is wrong.
    public static func read(
        _ bytes: UnsafeBufferPointer<UInt8>, maxDepth: Int = MessageLimits().maxDepth
    ) -> ResponseText? {
        var reader = ResponseReader(JSONParser(bytes, maxDepth: maxDepth))
        do throws(JSON.SyntaxError) {
            return try reader.response()
        } catch {
            return nil
        }
    }
}

private struct ResponseReader {
    private var parser: JSONParser
    private var isVersion2 = false
    private var id: Int?
    private var outcome: Result<[UInt8], RPCError>?

    init(_ parser: JSONParser) { self.parser = parser }

    mutating func response() throws(JSON.SyntaxError) -> ResponseText? {
        parser.skipWhitespace()
        guard parser.current == UInt8(ascii: "{"), try parser.enter(closing: UInt8(ascii: "}"))
        else { return nil }
        repeat {
            guard try member() else { return nil }
        } while try parser.hasNext(closing: UInt8(ascii: "}"))
        try parser.finish()
        guard isVersion2, let id, let outcome else { return nil }
        return ResponseText(id: id, outcome: outcome)
    }

    /// Reads a member; false when it stands twice or is none of an answer's.
    private mutating func member() throws(JSON.SyntaxError) -> Bool {
        let key = try parser.stringToken()
        let member = Envelope.Member(UnsafeBufferPointer(rebasing: parser.bytes[key.content]))
        try parser.colon()
        switch member {
        case .jsonrpc where !isVersion2:
            isVersion2 = parser.holds(try parser.stringToken().content, "2.0")
            return isVersion2
        case .id where id == nil:
            id = Int(parser.ascii(try parser.number()))
            return id != nil
        case .result where outcome == nil:
            let start = parser.index
            try parser.skip()
            outcome = .success(Array(parser.bytes[start..<parser.index]))
            return true
        case .error where outcome == nil:
            outcome = .failure(RPCError(json: try parser.value()))
            return true
        default: return false
        }
    }
}
