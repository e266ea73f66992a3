import Glibc

/// A strict parser of RFC 8259 that walks the bytes by index and makes nothing but the values.
///
/// It goes on after a duplicate key and remembers the first one, because its callers differ: the
/// grammar allows duplicates, the RPC layer refuses them but wants the request's id for its answer.
struct JSONParser {
    let bytes: UnsafeBufferPointer<UInt8>
    private(set) var index = 0
    /// The place of the first key that its object had already named; only the place, so that the
    /// parser stays plain data and costs nothing to hand around.
    private var firstDuplicate: StringToken?
    private let maxDepth: Int
    private var depth = 0

    init(_ bytes: UnsafeBufferPointer<UInt8>, maxDepth: Int) {
        self.bytes = bytes
        self.maxDepth = min(maxDepth, 1024)
    }

    /// Reads one value with nothing but whitespace around it.
    mutating func document() throws(JSON.SyntaxError) -> JSON {
        skipWhitespace()
        let value = try value()
        try finish()
        return value
    }

    /// Checks that nothing but whitespace is left.
    mutating func finish() throws(JSON.SyntaxError) {
        skipWhitespace()
        if index < bytes.count { throw error(.trailingBytes) }
    }

    /// Reads the value that begins at the index.
    mutating func value() throws(JSON.SyntaxError) -> JSON {
        switch current {
        case UInt8(ascii: "{"): .object(try object())
        case UInt8(ascii: "["): .array(try array())
        case UInt8(ascii: "\""): .string(try string())
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            .number(JSON.Number(checked: ascii(try number())))
        case UInt8(ascii: "t"): try literal("true", .bool(true))
        case UInt8(ascii: "f"): try literal("false", .bool(false))
        case UInt8(ascii: "n"): try literal("null", .null)
        default: throw unexpected()
        }
    }

    // MARK: - Containers

    private mutating func array() throws(JSON.SyntaxError) -> [JSON] {
        var elements: [JSON] = []
        guard try enter(closing: UInt8(ascii: "]")) else { return elements }
        repeat {
            elements.append(try value())
        } while try hasNext(closing: UInt8(ascii: "]"))
        return elements
    }

    private mutating func object() throws(JSON.SyntaxError) -> JSON.Object {
        var members = JSON.Object()
        guard try enter(closing: UInt8(ascii: "}")) else { return members }
        repeat {
            let token = try stringToken()
            let key = try text(of: token)
            try colon()
            if members.set(try value(), for: key) { noteDuplicate(token) }
        } while try hasNext(closing: UInt8(ascii: "}"))
        return members
    }

    /// Steps into a container and tells whether it has a first element.
    mutating func enter(closing: UInt8) throws(JSON.SyntaxError) -> Bool {
        depth += 1
        guard depth <= maxDepth else { throw error(.tooDeep) }
        index += 1
        skipWhitespace()
        guard current == closing else { return true }
        leave()
        return false
    }

    /// Steps over the comma before another element, or out of the container.
    mutating func hasNext(closing: UInt8) throws(JSON.SyntaxError) -> Bool {
        skipWhitespace()
        if current == UInt8(ascii: ",") {
            index += 1
            skipWhitespace()
            return true
        }
        guard current == closing else { throw unexpected() }
        leave()
        return false
    }

    private mutating func leave() {
        index += 1
        depth -= 1
    }

    /// Steps over the colon between a key and its value, and the whitespace around it.
    mutating func colon() throws(JSON.SyntaxError) {
        skipWhitespace()
        guard current == UInt8(ascii: ":") else { throw unexpected() }
        index += 1
        skipWhitespace()
    }

    mutating func noteDuplicate(_ key: StringToken) {
        if firstDuplicate == nil { firstDuplicate = key }
    }

    /// Hands out the first duplicate and forgets it, so that the elements of a batch are blamed
    /// one by one.
    mutating func takeDuplicate() throws(JSON.SyntaxError) -> (key: String, offset: Int)? {
        guard let token = firstDuplicate else { return nil }
        firstDuplicate = nil
        return (try text(of: token), token.whole.lowerBound)
    }

    // MARK: - Scalars

    private mutating func literal(
        _ text: StaticString, _ value: JSON
    ) throws(JSON.SyntaxError) -> JSON {
        let expected = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
        for byte in expected {
            guard current == byte else { throw unexpected() }
            index += 1
        }
        return value
    }

    /// Steps over a number and returns where it stands.
    mutating func number() throws(JSON.SyntaxError) -> Range<Int> {
        let start = index
        if current == UInt8(ascii: "-") { index += 1 }
        if current == UInt8(ascii: "0") {
            index += 1
        } else {
            try digits()
        }
        if current == UInt8(ascii: ".") {
            index += 1
            try digits()
        }
        if current | 0x20 == UInt8(ascii: "e") {
            index += 1
            if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { index += 1 }
            try digits()
        }
        return start..<index
    }

    private mutating func digits() throws(JSON.SyntaxError) {
        let start = index
        while current &- UInt8(ascii: "0") < 10 { index += 1 }
        if index == start { throw error(index < bytes.count ? .invalidNumber : .unexpectedEnd) }
    }

    /// Reads the string that begins at the index.
    mutating func string() throws(JSON.SyntaxError) -> String {
        try text(of: try stringToken())
    }

    // MARK: - Bytes

    /// The byte at the index; 0, which no rule of the grammar allows outside strings, at the end.
    @inline(__always)
    var current: UInt8 { index < bytes.count ? bytes[index] : 0 }

    @inline(__always)
    mutating func skipWhitespace() {
        while index < bytes.count, bytes[index] <= 0x20, bytes[index].isJSONWhitespace {
            index += 1
        }
    }

    /// The text of bytes that are known to be ASCII.
    func ascii(_ range: Range<Int>) -> String {
        String(decoding: UnsafeBufferPointer(rebasing: bytes[range]), as: UTF8.self)
    }

    /// Tells whether that text stands there.
    func holds(_ range: Range<Int>, _ text: StaticString) -> Bool {
        UnsafeBufferPointer(rebasing: bytes[range]).holds(text)
    }

    func error(_ reason: JSON.SyntaxError.Reason, at offset: Int? = nil) -> JSON.SyntaxError {
        JSON.SyntaxError(offset: offset ?? index, reason: reason)
    }

    func unexpected() -> JSON.SyntaxError {
        error(index < bytes.count ? .unexpectedByte(bytes[index]) : .unexpectedEnd)
    }

    /// Moves past a string; only the string reader calls this.
    mutating func move(to index: Int) { self.index = index }

    static func isNumber(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { bytes in
            var parser = JSONParser(bytes, maxDepth: 1)
            guard let range = try? parser.number() else { return false }
            return range.count == bytes.count
        }
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// Tells whether these bytes are that text.
    @inline(__always)
    func holds(_ text: StaticString) -> Bool {
        guard count == text.utf8CodeUnitCount, let baseAddress else { return false }
        return memcmp(baseAddress, text.utf8Start, text.utf8CodeUnitCount) == 0
    }
}

extension UInt8 {
    /// True for the four bytes that may stand between the tokens of JSON.
    var isJSONWhitespace: Bool { self == 0x20 || self == 0x0A || self == 0x0D || self == 0x09 }
}
