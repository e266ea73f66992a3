extension JSON {
    /// A number as it was written, so that `1.0`, `1e400` and 2^64 come out as they went in.
    ///
    /// Two numbers are equal when their texts are: `1.0` and `1` differ here.
    public struct Number: Sendable, Hashable {
        /// The text by the grammar of RFC 8259.
        public let text: String

        /// Writes an integer.
        public init(_ value: Int) { text = value.description }

        /// Writes an integer of any width.
        public init(_ value: some BinaryInteger) { text = value.description }

        /// Writes the shortest text that reads back as the same value: `0.1`, `1e-07`, `1`.
        ///
        /// - Precondition: `value` is finite, because JSON has no infinities and no NaN.
        public init(_ value: Double) {
            precondition(
                value.isFinite, "JSON cannot hold \(value); test isFinite and send null instead")
            let text = value.description
            self.text = text.hasSuffix(".0") ? String(text.dropLast(2)) : text
        }

        /// Takes a text that is a number by the grammar of RFC 8259; nil for any other.
        public init?(text: String) {
            guard JSONParser.isNumber(text) else { return nil }
            self.text = text
        }

        /// Takes a text that the parser has already checked.
        init(checked text: String) { self.text = text }

        /// The exact value: `1.0` and `1e2` count; nil when it is fractional or out of range.
        public var int: Int? { exactly(Int.self) }

        /// The nearest value; infinite when the number is beyond the range, as in `1e400`.
        public var double: Double { Double(text) ?? .nan }
    }
}

// MARK: - Exact integers

extension JSON.Number {
    /// The exact value as that type; nil when it is fractional or out of range.
    public func exactly<Integer: FixedWidthInteger>(_ type: Integer.Type) -> Integer? {
        if let plain = Integer(text) { return plain }
        return DecimalText(text).exactly(type)
    }
}

/// The significant digits of a number's text and the power of ten that belongs to them.
private struct DecimalText {
    private var isNegative = false
    private var digits: [UInt8] = []
    private var exponent = 0

    init(_ text: String) {
        let parts = text.utf8.split(omittingEmptySubsequences: false) {
            $0 | 0x20 == UInt8(ascii: "e")
        }
        var fraction = false
        for byte in parts[0] {
            switch byte {
            case UInt8(ascii: "-"): isNegative = true
            case UInt8(ascii: "."): fraction = true
            default:
                if byte != UInt8(ascii: "0") || !digits.isEmpty { digits.append(byte & 0x0F) }
                if fraction { exponent -= 1 }
            }
        }
        if parts.count > 1 { exponent += Self.saturated(Substring(parts[1])) }
        while digits.last == 0 {
            digits.removeLast()
            exponent += 1
        }
    }

    func exactly<Integer: FixedWidthInteger>(_ type: Integer.Type) -> Integer? {
        if digits.isEmpty { return 0 }
        // No integer type of the standard library holds more than 39 digits; a larger exponent
        // must not become a loop of that length.
        guard exponent >= 0, digits.count + exponent <= 39 else { return nil }
        var value: Integer = 0
        for digit in digits + [UInt8](repeating: 0, count: exponent) {
            guard let next = Self.append(digit, to: value, negative: isNegative) else { return nil }
            value = next
        }
        return value
    }

    private static func append<Integer: FixedWidthInteger>(
        _ digit: UInt8, to value: Integer, negative: Bool
    ) -> Integer? {
        let (product, overflow) = value.multipliedReportingOverflow(by: 10)
        let (sum, carry) =
            negative
            ? product.subtractingReportingOverflow(Integer(digit))
            : product.addingReportingOverflow(Integer(digit))
        return overflow || carry ? nil : sum
    }

    /// An exponent too long for `Int` is as good as the largest: the result is out of range or zero.
    private static func saturated(_ text: Substring) -> Int {
        let limit = Int.max / 4
        return max(-limit, min(limit, Int(text) ?? (text.hasPrefix("-") ? -limit : limit)))
    }
}
