/// Turns the bytes of one frame into what they ask for.
public enum MessageParser {
    /// Reads one frame; whatever is wrong with it comes back as the error to answer with.
    public static func parse(
        _ bytes: UnsafeBufferPointer<UInt8>, _ limits: MessageLimits = MessageLimits()
    ) -> Message {
        var reader = EnvelopeReader(bytes, limits)
        do throws(JSON.SyntaxError) {
            return try reader.message()
        } catch {
            let reason: RPCError = .parseError("This is not JSON: \(error).")
            return .single(.invalid(id: .null, reason))
        }
    }
}

/// Reads envelopes straight from the bytes, so that an id keeps its text and no value is built
/// that nobody will look at.
private struct EnvelopeReader {
    private var parser: JSONParser
    private let limits: MessageLimits

    init(_ bytes: UnsafeBufferPointer<UInt8>, _ limits: MessageLimits) {
        parser = JSONParser(bytes, maxDepth: limits.maxDepth)
        self.limits = limits
    }

    mutating func message() throws(JSON.SyntaxError) -> Message {
        parser.skipWhitespace()
        if parser.current == UInt8(ascii: "[") { return try batch() }
        let element = try element()
        try parser.finish()
        return .single(element)
    }

    // MARK: - Batch

    /// Reads every element even beyond the limit, because malformed text anywhere makes the whole
    /// frame malformed.
    private mutating func batch() throws(JSON.SyntaxError) -> Message {
        var elements: [Incoming] = []
        var count = 0
        var firstCall: RequestID?
        if try parser.enter(closing: UInt8(ascii: "]")) {
            repeat {
                let element = try element()
                count += 1
                if count <= limits.maxBatch { elements.append(element) }
                if firstCall == nil, case .request(let request) = element { firstCall = request.id }
            } while try parser.hasNext(closing: UInt8(ascii: "]"))
        }
        try parser.finish()
        if count > limits.maxBatch { return .batchTooLarge(id: firstCall ?? .null) }
        return count == 0 ? .emptyBatch : .batch(elements)
    }

    // MARK: - Envelope

    private mutating func element() throws(JSON.SyntaxError) -> Incoming {
        guard parser.current == UInt8(ascii: "{") else {
            let value = try parser.value()
            _ = try parser.takeDuplicate()
            return .invalid(
                id: .null, .invalidRequest("A request is an object; this is \(value.kindName)."))
        }
        var envelope = Envelope()
        if try parser.enter(closing: UInt8(ascii: "}")) {
            repeat {
                try member(of: &envelope)
            } while try parser.hasNext(closing: UInt8(ascii: "}"))
        }
        if let duplicate = try parser.takeDuplicate() {
            return envelope.blamed(forDuplicate: duplicate.key)
        }
        return envelope.judged()
    }

    private mutating func member(of envelope: inout Envelope) throws(JSON.SyntaxError) {
        let token = try parser.stringToken()
        guard let member = try knownMember(token) else {
            return try strangeMember(token, &envelope)
        }
        if !envelope.seen.insert(member.bit).inserted {
            parser.noteDuplicate(token)
            // Neither of two ids is the one to echo.
            if member == .id { envelope.hasTwoIDs = true }
        }
        try parser.colon()
        try value(of: member, &envelope)
    }

    private func knownMember(
        _ key: JSONParser.StringToken
    ) throws(JSON.SyntaxError) -> Envelope.Member? {
        if key.hasEscapes { return Envelope.Member(rawValue: try parser.text(of: key)) }
        return Envelope.Member(UnsafeBufferPointer(rebasing: parser.bytes[key.content]))
    }

    /// Members that the protocol does not know are ignored, but must still be JSON without
    /// duplicates.
    private mutating func strangeMember(
        _ token: JSONParser.StringToken, _ envelope: inout Envelope
    ) throws(JSON.SyntaxError) {
        let key = Array(try parser.text(of: token).utf8)
        if envelope.strangeKeys == nil { envelope.strangeKeys = [] }
        if envelope.strangeKeys?.insert(key).inserted == false { parser.noteDuplicate(token) }
        try parser.colon()
        _ = try parser.value()
    }

    private mutating func value(
        of member: Envelope.Member, _ envelope: inout Envelope
    ) throws(JSON.SyntaxError) {
        switch member {
        case .jsonrpc: envelope.isVersion2 = try isVersion2()
        case .id: envelope.id = try id()
        case .method: envelope.method = try method()
        case .params: envelope.params = try parser.value()
        case .result, .error: envelope.outcome = try parser.value()
        }
    }

    private mutating func isVersion2() throws(JSON.SyntaxError) -> Bool {
        guard parser.current == UInt8(ascii: "\"") else {
            _ = try parser.value()
            return false
        }
        let token = try parser.stringToken()
        if !token.hasEscapes, token.isASCII { return parser.holds(token.content, "2.0") }
        return try parser.text(of: token) == "2.0"
    }

    private mutating func method() throws(JSON.SyntaxError) -> String? {
        if parser.current == UInt8(ascii: "\"") { return try parser.string() }
        _ = try parser.value()
        return nil
    }

    private mutating func id() throws(JSON.SyntaxError) -> Envelope.ID {
        switch parser.current {
        case UInt8(ascii: "\""):
            let token = try parser.stringToken()
            let text = try parser.verbatim(token)
            return token.whole.count <= limits.maxIDBytes
                ? .value(RequestID(checked: text)) : .tooLong(limits.maxIDBytes)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            let range = try parser.number()
            return range.count <= limits.maxIDBytes
                ? .value(RequestID(checked: parser.ascii(range))) : .tooLong(limits.maxIDBytes)
        default:
            return try parser.value().isNull ? .value(.null) : .wrongType
        }
    }
}
