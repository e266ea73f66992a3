internal import OpsJSONRPC

/// Reads the text of a ``JSONPath``.
struct JSONPathParser {
    /// A text that is no query.
    struct Failure: Error, Equatable, CustomStringConvertible {
        var reason: String
        /// Counted in characters, from 0.
        var offset: Int

        var description: String { "\(reason) at character \(offset)" }
    }

    private static let maxSegments = 50
    /// The largest integer of I-JSON, as RFC 9535 demands.
    private static let maxInteger = 1 << 53 - 1

    private let text: [Unicode.Scalar]
    private var position = 0

    init(_ text: String) { self.text = Array(text.unicodeScalars) }

    mutating func parse() throws(Failure) -> [JSONPath.Segment] {
        guard take("$") else { throw failure("a query begins with $") }
        var segments: [JSONPath.Segment] = []
        while position < text.count {
            skipBlanks()
            segments.append(try segment())
        }
        guard segments.count <= Self.maxSegments else {
            throw failure("there are more than \(Self.maxSegments) segments")
        }
        return segments
    }

    // MARK: - Segments

    private mutating func segment() throws(Failure) -> JSONPath.Segment {
        if take("[") { return JSONPath.Segment(selectors: try bracketed()) }
        guard take(".") else { throw failure("expected . or [") }
        let isDescendant = take(".")
        let selectors: [JSONPath.Selector]
        if isDescendant, take("[") {
            selectors = try bracketed()
        } else if take("*") {
            selectors = [.all]
        } else {
            selectors = [.name(try plainName())]
        }
        return JSONPath.Segment(selectors: selectors, isDescendant: isDescendant)
    }

    private mutating func bracketed() throws(Failure) -> [JSONPath.Selector] {
        var selectors: [JSONPath.Selector] = []
        repeat {
            skipBlanks()
            selectors.append(try selector())
            skipBlanks()
        } while take(",")
        guard take("]") else { throw failure("expected , or ]") }
        return selectors
    }

    private mutating func selector() throws(Failure) -> JSONPath.Selector {
        switch next {
        case "*":
            position += 1
            return .all
        case "'", "\"": return .name(try quotedName())
        case "?": throw failure("filters are not supported")
        default: return try indexOrSlice()
        }
    }

    private mutating func indexOrSlice() throws(Failure) -> JSONPath.Selector {
        let start = try integer()
        skipBlanks()
        guard take(":") else {
            guard let start else { throw failure("expected a name, a number or *") }
            return .index(start)
        }
        skipBlanks()
        let end = try integer()
        skipBlanks()
        var step: Int?
        if take(":") {
            skipBlanks()
            step = try integer()
        }
        return .slice(start: start, end: end, step: step ?? 1)
    }

    /// Reads an integer; nil when there is none.
    private mutating func integer() throws(Failure) -> Int? {
        let start = position
        _ = take("-")
        while let digit = next, ("0"..."9").contains(digit) { position += 1 }
        let word = text[start..<position]
        guard !word.isEmpty else { return nil }
        let digits = word.first == "-" ? word.dropFirst() : word
        let isPlain = digits.first != "0" || word.count == 1
        var number = ""
        number.unicodeScalars.append(contentsOf: word)
        guard isPlain, let value = Int(number), value.magnitude <= Self.maxInteger else {
            position = start
            throw failure("\"\(number)\" is no integer")
        }
        return value
    }

    // MARK: - Names

    private mutating func plainName() throws(Failure) -> String {
        var name = ""
        while let scalar = next, Self.isName(scalar, isFirst: name.isEmpty) {
            name.unicodeScalars.append(scalar)
            position += 1
        }
        guard !name.isEmpty else { throw failure("expected a name or *") }
        return name
    }

    private static func isName(_ scalar: Unicode.Scalar, isFirst: Bool) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "_": true
        case "0"..."9": !isFirst
        default: scalar.value >= 0x80
        }
    }

    private mutating func quotedName() throws(Failure) -> String {
        let quote = text[position]
        position += 1
        var name = ""
        while let scalar = next, scalar != quote {
            position += 1
            guard scalar.value >= 0x20 else { throw failure("a control character in a name") }
            name.unicodeScalars.append(scalar == "\\" ? try escaped(quote) : scalar)
        }
        guard take(quote) else { throw failure("a name in quotes has no end") }
        return name
    }

    private mutating func escaped(_ quote: Unicode.Scalar) throws(Failure) -> Unicode.Scalar {
        guard let scalar = next else { throw failure("a name in quotes has no end") }
        position += 1
        switch scalar {
        case quote, "\\", "/": return scalar
        case "b": return "\u{8}"
        case "f": return "\u{C}"
        case "n": return "\n"
        case "r": return "\r"
        case "t": return "\t"
        case "u": return try codePoint()
        default: throw failure("an escape that there is not")
        }
    }

    private mutating func codePoint() throws(Failure) -> Unicode.Scalar {
        let first = try hexadecimal()
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard first < 0xDC00, take("\\"), take("u") else {
            throw failure("half of a surrogate pair")
        }
        let second = try hexadecimal()
        guard (0xDC00...0xDFFF).contains(second),
            let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
        else { throw failure("half of a surrogate pair") }
        return scalar
    }

    private mutating func hexadecimal() throws(Failure) -> UInt32 {
        var digits = ""
        digits.unicodeScalars.append(contentsOf: text[position...].prefix(4))
        guard digits.utf8.count == 4, let number = UInt32(digits, radix: 16), !digits.hasPrefix("+")
        else { throw failure("expected four hexadecimal digits") }
        position += 4
        return number
    }

    // MARK: - Characters

    private var next: Unicode.Scalar? { position < text.count ? text[position] : nil }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard next == scalar else { return false }
        position += 1
        return true
    }

    private mutating func skipBlanks() {
        while let scalar = next, [" ", "\t", "\n", "\r"].contains(scalar) { position += 1 }
    }

    private func failure(_ reason: String) -> Failure { Failure(reason: reason, offset: position) }
}
