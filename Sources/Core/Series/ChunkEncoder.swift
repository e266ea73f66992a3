/// Packs samples as they arrive: timestamps as the change of their distance, values as the bits
/// that differ from the value before (the scheme of Facebook's Gorilla, with milliseconds).
///
/// Any order of timestamps survives; ascending ones in a steady rhythm cost one bit each.
struct ChunkEncoder: Sendable {
    private(set) var count = 0
    private(set) var firstAt: Int64 = 0
    private(set) var lastAt: Int64 = 0
    private var distance: Int64 = 0
    private var lastBits: UInt64 = 0
    private var window = XORWindow.none
    private var output = BitWriter()

    /// The packed samples, without a header.
    var payload: [UInt8] { self.output.bytes }
    /// The length of `payload`.
    var byteCount: Int { self.output.byteCount }

    mutating func append(_ sample: Sample) {
        if self.count == 0 {
            self.firstAt = sample.at
            self.output.write(sample.value.bitPattern, width: 64)
        } else {
            self.appendTimestamp(sample.at)
            self.appendValue(sample.value.bitPattern)
        }
        self.lastAt = sample.at
        self.lastBits = sample.value.bitPattern
        self.count += 1
    }

    private mutating func appendTimestamp(_ at: Int64) {
        // Wrapping arithmetic is exact here: the reader wraps back by the same amount.
        let distance = at &- self.lastAt
        let change = distance &- self.distance
        self.distance = distance
        guard change != 0 else { return self.output.write(0, width: 1) }
        for code in TimestampCode.all where code.holds(change) {
            let bits = UInt64(bitPattern: change) & code.mask
            self.output.write(code.prefix, width: code.prefixWidth)
            self.output.write(bits, width: code.width)
            return
        }
    }

    private mutating func appendValue(_ bits: UInt64) {
        let difference = bits ^ self.lastBits
        guard difference != 0 else { return self.output.write(0, width: 1) }
        let needed = XORWindow(around: difference)
        if self.window.isCheaper(than: needed) {
            self.output.write(0b10, width: 2)
        } else {
            self.output.write(0b11, width: 2)
            self.output.write(UInt64(needed.leading), width: XORWindow.leadingWidth)
            self.output.write(UInt64(needed.width - 1), width: XORWindow.widthWidth)
            self.window = needed
        }
        self.output.write(
            difference >> UInt64(self.window.trailing), width: self.window.width)
    }
}
