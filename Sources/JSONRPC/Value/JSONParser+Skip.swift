extension JSONParser {
    /// Steps over the value that begins at the index, which is checked but not built.
    mutating func skip() throws(JSON.SyntaxError) {
        switch current {
        case UInt8(ascii: "{"): try skipObject()
        case UInt8(ascii: "["): try skipArray()
        case UInt8(ascii: "\""): try skipString()
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): _ = try number()
        default: _ = try value()
        }
    }

    private mutating func skipObject() throws(JSON.SyntaxError) {
        guard try enter(closing: UInt8(ascii: "}")) else { return }
        repeat {
            try skipString()
            try colon()
            try skip()
        } while try hasNext(closing: UInt8(ascii: "}"))
    }

    private mutating func skipArray() throws(JSON.SyntaxError) {
        guard try enter(closing: UInt8(ascii: "]")) else { return }
        repeat { try skip() } while try hasNext(closing: UInt8(ascii: "]"))
    }

    /// Plain ASCII has been checked by its token; only the rest is read again.
    private mutating func skipString() throws(JSON.SyntaxError) {
        let token = try stringToken()
        if token.hasEscapes || !token.isASCII { _ = try text(of: token) }
    }
}
