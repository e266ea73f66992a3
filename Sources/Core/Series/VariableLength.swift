extension [UInt8] {
    /// Appends `number` in groups of seven bits, lowest first; all but the last have the top bit set.
    mutating func appendVariable(_ number: UInt64) {
        var rest = number
        while rest >= 0x80 {
            self.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        self.append(UInt8(rest))
    }

    /// Appends a number that may be negative, so that small ones of either sign stay short.
    mutating func appendVariable(signed number: Int64) {
        self.appendVariable(UInt64(bitPattern: (number << 1) ^ (number >> 63)))
    }
}
