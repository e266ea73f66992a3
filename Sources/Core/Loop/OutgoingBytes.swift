/// A growing piece of memory that does not move while libuv writes from it.
final class OutgoingBytes {
    private var memory: UnsafeMutableRawBufferPointer
    private(set) var count = 0

    init(capacity: Int) {
        self.memory = .allocate(byteCount: max(capacity, 4096), alignment: 16)
    }

    deinit {
        self.memory.deallocate()
    }

    var bytes: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: self.memory[..<self.count])
    }

    /// Copies bytes to the end; never while they are being written.
    func append(_ bytes: UnsafeRawBufferPointer) {
        let end = self.count + bytes.count
        if end > self.memory.count { self.grow(to: max(end, self.memory.count * 2)) }
        UnsafeMutableRawBufferPointer(rebasing: self.memory[self.count..<end]).copyMemory(
            from: bytes)
        self.count = end
    }

    private func grow(to capacity: Int) {
        let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: capacity, alignment: 16)
        larger.copyMemory(from: self.bytes)
        self.memory.deallocate()
        self.memory = larger
    }
}
