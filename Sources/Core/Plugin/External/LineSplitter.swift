internal import Glibc

/// Cuts what a program writes into lines, and never holds more than one line may have.
struct LineSplitter {
    /// What `next` has found; the place is good until the next call.
    enum Found {
        case nothing
        case line(Range<Int>)
        /// The beginning of a line that is too long; the rest of it runs by.
        case tooLong(Range<Int>)
    }

    private let maxBytes: Int
    private var buffer: [UInt8] = []
    /// Where the line that is being read begins.
    private var start = 0
    /// The first byte that has not been looked at; none is looked at twice.
    private var scanned = 0
    private var isDropping = false

    init(maxBytes: Int) { self.maxBytes = maxBytes }

    mutating func append(_ bytes: UnsafeRawBufferPointer) { buffer.append(contentsOf: bytes) }

    func withBytes<R>(_ place: Range<Int>, _ body: (UnsafeBufferPointer<UInt8>) -> R) -> R {
        buffer.withUnsafeBufferPointer { body(UnsafeBufferPointer(rebasing: $0[place])) }
    }

    mutating func next() -> Found {
        while let end = lineEnd() {
            let line = start..<end
            start = end + 1
            scanned = start
            guard !isDropping else {
                isDropping = false
                continue
            }
            if line.count > maxBytes { return .tooLong(line.prefix(maxBytes)) }
            if !line.isEmpty { return .line(line) }
        }
        scanned = buffer.count
        if !isDropping, scanned - start > maxBytes {
            isDropping = true
            let line = start..<scanned
            start = scanned
            return .tooLong(line.prefix(maxBytes))
        }
        if isDropping { start = scanned }
        forgetWhatIsDone()
        return .nothing
    }

    /// What is left when nothing more will come: a last line without its line feed.
    var rest: Range<Int>? {
        isDropping || start == buffer.count ? nil : start..<buffer.count
    }

    private func lineEnd() -> Int? {
        buffer.withUnsafeBufferPointer { bytes in
            guard scanned < bytes.count, let base = bytes.baseAddress,
                let found = memchr(base + scanned, 0x0A, bytes.count - scanned)
            else { return nil }
            return UnsafeRawPointer(found) - UnsafeRawPointer(base)
        }
    }

    private mutating func forgetWhatIsDone() {
        guard start > 0 else { return }
        if start == buffer.count {
            // One long line must not keep its room for the life of the program.
            buffer.removeAll(keepingCapacity: buffer.capacity <= 1 << 17)
        } else {
            buffer.removeSubrange(..<start)
        }
        scanned -= start
        start = 0
    }
}
