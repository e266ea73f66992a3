/// Reads one by one the samples that a `ChunkEncoder` packed.
struct ChunkDecoder {
    private var input: BitReader
    private var remaining: Int
    private var isFirst = true
    private var last: Sample
    private var distance: Int64 = 0
    private var window = XORWindow.none

    init(payload: UnsafeRawBufferPointer, count: Int, firstAt: Int64) {
        self.input = BitReader(payload)
        self.remaining = count
        self.last = Sample(at: firstAt, value: 0)
    }

    /// The next sample, or nil after the last one.
    mutating func next() throws(ChunkError) -> Sample? {
        guard self.remaining > 0 else { return nil }
        self.remaining -= 1
        if self.isFirst {
            self.isFirst = false
            self.last.value = Double(bitPattern: try self.input.read(64))
        } else {
            try self.readTimestamp()
            try self.readValue()
        }
        return self.last
    }

    private mutating func readTimestamp() throws(ChunkError) {
        if try self.input.readBit() {
            let code = TimestampCode.all[try self.readPrefix()]
            let bits = try self.input.read(code.width)
            self.distance = self.distance &+ code.number(from: bits)
        }
        self.last.at = self.last.at &+ self.distance
    }

    /// The position in `TimestampCode.all` whose prefix follows; its first `1` was read already.
    private mutating func readPrefix() throws(ChunkError) -> Int {
        var index = 0
        while index < TimestampCode.all.count - 1, try self.input.readBit() { index += 1 }
        return index
    }

    private mutating func readValue() throws(ChunkError) {
        guard try self.input.readBit() else { return }
        if try self.input.readBit() {
            let leading = Int(try self.input.read(XORWindow.leadingWidth))
            let width = Int(try self.input.read(XORWindow.widthWidth)) + 1
            guard leading + width <= 64 else { throw .badNumber }
            self.window = XORWindow(leading: leading, width: width)
        }
        guard self.window.width > 0 else { throw .badNumber }
        let bits = try self.input.read(self.window.width) << UInt64(self.window.trailing)
        self.last.value = Double(bitPattern: self.last.value.bitPattern ^ bits)
    }
}
