extension JSONParser {
    /// A string as it stands in the text, checked for its end and its control characters only.
    struct StringToken {
        /// The bytes between the quotes.
        var content: Range<Int>
        var hasEscapes: Bool
        var isASCII: Bool
        /// The bytes with the quotes.
        var whole: Range<Int> { content.lowerBound - 1..<content.upperBound + 1 }
    }

    /// Steps over the string that begins at the index.
    mutating func stringToken() throws(JSON.SyntaxError) -> StringToken {
        guard current == UInt8(ascii: "\"") else { throw unexpected() }
        let start = index + 1
        var position = start
        var escapes = false
        var seen: UInt8 = 0
        while position < bytes.count {
            if let word = ByteWord(bytes, at: position) {
                let plain = word.plainCount
                position += plain
                if plain == 8 { continue }
            }
            let byte = bytes[position]
            if byte == UInt8(ascii: "\"") {
                move(to: position + 1)
                return StringToken(
                    content: start..<position, hasEscapes: escapes, isASCII: seen < 0x80)
            }
            if byte < 0x20 { throw error(.controlCharacter, at: position) }
            seen |= byte
            position += 1
            if byte == UInt8(ascii: "\\") {
                escapes = true
                try escapedByte(&position)
            }
        }
        throw error(.unexpectedEnd, at: bytes.count)
    }

    /// Steps over the byte after a backslash, which is judged with the escapes later, unless it
    /// could hide a control character from the check of the bytes.
    private func escapedByte(_ position: inout Int) throws(JSON.SyntaxError) {
        guard position < bytes.count else { return }
        if bytes[position] < 0x20 { throw error(.invalidEscape, at: position) }
        // Not ASCII is no escape, but must be seen by the caller.
        if bytes[position] < 0x80 { position += 1 }
    }

    /// The text that a string token stands for.
    func text(of token: StringToken) throws(JSON.SyntaxError) -> String {
        if token.hasEscapes { return try unescaped(token) }
        if token.isASCII { return ascii(token.content) }
        return try validated(UnsafeBufferPointer(rebasing: bytes[token.content]), token)
    }

    /// The bytes of a token as they stand, quotes and escapes included, checked to be a string.
    func verbatim(_ token: StringToken) throws(JSON.SyntaxError) -> String {
        if token.hasEscapes { _ = try unescaped(token) }
        if token.isASCII { return ascii(token.whole) }
        return try validated(UnsafeBufferPointer(rebasing: bytes[token.whole]), token)
    }

    private func validated(
        _ bytes: UnsafeBufferPointer<UInt8>, _ token: StringToken
    ) throws(JSON.SyntaxError) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw error(.invalidUTF8, at: token.content.lowerBound)
        }
        return text
    }

    // MARK: - Escapes

    private func unescaped(_ token: StringToken) throws(JSON.SyntaxError) -> String {
        var plain: [UInt8] = []
        plain.reserveCapacity(token.content.count)
        var position = token.content.lowerBound
        while position < token.content.upperBound {
            if bytes[position] == UInt8(ascii: "\\") {
                position = try unescape(at: position + 1, end: token.content.upperBound, &plain)
            } else {
                plain.append(bytes[position])
                position += 1
            }
        }
        return try plain.withUnsafeBufferPointer { buffer throws(JSON.SyntaxError) in
            try validated(buffer, token)
        }
    }

    /// Writes the escape whose letter is at `position` and returns the place after it.
    private func unescape(
        at position: Int, end: Int, _ plain: inout [UInt8]
    ) throws(JSON.SyntaxError) -> Int {
        switch bytes[position] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"):
            plain.append(bytes[position])
        case UInt8(ascii: "b"): plain.append(0x08)
        case UInt8(ascii: "f"): plain.append(0x0C)
        case UInt8(ascii: "n"): plain.append(0x0A)
        case UInt8(ascii: "r"): plain.append(0x0D)
        case UInt8(ascii: "t"): plain.append(0x09)
        case UInt8(ascii: "u"): return try unescapeUnicode(at: position + 1, end: end, &plain)
        default: throw error(.invalidEscape, at: position)
        }
        return position + 1
    }

    private func unescapeUnicode(
        at position: Int, end: Int, _ plain: inout [UInt8]
    ) throws(JSON.SyntaxError) -> Int {
        let high = try hexQuad(at: position, end: end)
        if let scalar = Unicode.Scalar(high) {
            plain.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
            return position + 4
        }
        let scalar = try surrogatePair(high, lowAt: position + 4, end: end)
        plain.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
        return position + 10
    }

    private func surrogatePair(
        _ high: UInt16, lowAt position: Int, end: Int
    ) throws(JSON.SyntaxError) -> Unicode.Scalar {
        guard UTF16.isLeadSurrogate(high), position + 2 <= end,
            bytes[position] == UInt8(ascii: "\\"), bytes[position + 1] == UInt8(ascii: "u")
        else { throw error(.loneSurrogate, at: position - 6) }
        let low = try hexQuad(at: position + 2, end: end)
        guard UTF16.isTrailSurrogate(low),
            let scalar = Unicode.Scalar(
                0x10000 + (UInt32(high) & 0x3FF) << 10 + UInt32(low) & 0x3FF)
        else { throw error(.loneSurrogate, at: position - 6) }
        return scalar
    }

    private func hexQuad(at position: Int, end: Int) throws(JSON.SyntaxError) -> UInt16 {
        guard position + 4 <= end else { throw error(.invalidEscape, at: position) }
        var value: UInt16 = 0
        for place in position..<position + 4 {
            switch bytes[place] {
            case let digit where 0x30...0x39 ~= digit: value = value << 4 | UInt16(digit - 0x30)
            case let letter where 0x61...0x66 ~= letter | 0x20:
                value = value << 4 | UInt16((letter | 0x20) - 0x61 + 10)
            default: throw error(.invalidEscape, at: place)
            }
        }
        return value
    }
}
