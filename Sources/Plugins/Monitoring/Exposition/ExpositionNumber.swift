/// Reads the numbers of an exposition: decimal ones, and infinities and NaN in any case.
enum ExpositionNumber {
    /// What Prometheus makes of every NaN, so that none is taken for its mark of a series' end.
    static let nan = Double(bitPattern: 0x7FF8_0000_0000_0001)

    private static let zero = UInt8(ascii: "0")
    /// Powers of ten that a `Double` holds exactly.
    private static let powers: [Double] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
        1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
    ]

    /// The number; nil when the bytes are none, or it is too large for a `Double`.
    static func parse(_ bytes: UnsafeRawBufferPointer) -> Double? {
        var rest = bytes[...]
        var isNegative = false
        if let sign = rest.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
            isNegative = sign == UInt8(ascii: "-")
            rest = rest.dropFirst()
        }
        guard let first = rest.first else { return nil }
        if first > UInt8(ascii: "9") {
            return word(rest, isSigned: rest.count < bytes.count, isNegative: isNegative)
        }
        guard let decimal = Decimal(rest) else { return nil }
        if let exact = decimal.exactValue { return isNegative ? -exact : exact }
        // Rare: more digits than a double has, or a large exponent.
        guard let value = Double(String(decoding: bytes, as: UTF8.self)), value.isFinite else {
            return nil
        }
        return value
    }

    private static func word(
        _ bytes: Slice<UnsafeRawBufferPointer>, isSigned: Bool, isNegative: Bool
    ) -> Double? {
        switch String(decoding: bytes, as: UTF8.self).lowercased() {
        case "inf", "infinity": isNegative ? -.infinity : .infinity
        case "nan" where !isSigned: nan
        default: nil
        }
    }

    /// Digits and an exponent of ten.
    private struct Decimal {
        private var mantissa: UInt64 = 0
        private var exponent = 0
        /// Whether there were more digits than the mantissa holds.
        private var isLong = false

        init?(_ bytes: Slice<UnsafeRawBufferPointer>) {
            var digits = 0
            var isFraction = false
            var index = bytes.startIndex
            while index < bytes.endIndex {
                let byte = bytes[index]
                if byte == UInt8(ascii: "."), !isFraction {
                    isFraction = true
                } else if byte &- zero <= 9 {
                    digits += 1
                    add(byte &- zero, isFraction)
                } else {
                    break
                }
                index += 1
            }
            guard digits > 0, add(exponent: bytes[index...]) else { return nil }
        }

        private mutating func add(_ digit: UInt8, _ isFraction: Bool) {
            // 19 digits always fit.
            guard mantissa < 1_000_000_000_000_000_000 else {
                isLong = true
                return
            }
            mantissa = mantissa * 10 + UInt64(digit)
            if isFraction { exponent -= 1 }
        }

        /// Reads `e-7`, or nothing; false when it is something else.
        private mutating func add(exponent bytes: Slice<UnsafeRawBufferPointer>) -> Bool {
            guard let letter = bytes.first else { return true }
            guard letter | 0x20 == UInt8(ascii: "e") else { return false }
            var rest = bytes.dropFirst()
            let isNegative = rest.first == UInt8(ascii: "-")
            if isNegative || rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
            guard !rest.isEmpty else { return false }
            var number = 0
            for byte in rest {
                guard byte &- zero <= 9 else { return false }
                number = min(number * 10 + Int(byte &- zero), 100_000)
            }
            exponent += isNegative ? -number : number
            return true
        }

        /// The value when one multiplication or division of exact numbers gives it, which is then
        /// rounded once, as it should be.
        var exactValue: Double? {
            guard !isLong, mantissa <= 1 << 53, abs(exponent) < powers.count else { return nil }
            let digits = Double(mantissa)
            return exponent < 0 ? digits / powers[-exponent] : digits * powers[exponent]
        }
    }
}
