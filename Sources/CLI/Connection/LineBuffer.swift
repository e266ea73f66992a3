import Glibc

/// Cuts what arrives into lines.
struct LineBuffer {
    private var bytes: [UInt8] = []
    private var start = 0
    /// Where to look for the next line end, so that a long line is searched once.
    private var searched = 0

    mutating func append(_ more: some Sequence<UInt8>) {
        if start > 0 {
            bytes.removeFirst(start)
            searched -= start
            start = 0
        }
        bytes.append(contentsOf: more)
    }

    /// The next complete line without its end.
    mutating func next() -> ArraySlice<UInt8>? {
        guard let end = bytes[searched...].firstIndex(of: UInt8(ascii: "\n")) else {
            searched = bytes.count
            return nil
        }
        defer {
            start = end + 1
            searched = start
        }
        let line = bytes[start..<end]
        return line.last == UInt8(ascii: "\r") ? line.dropLast() : line
    }

    /// Reads what is there; false at the end of the stream.
    mutating func read(from descriptor: CInt) throws -> Bool {
        try withUnsafeTemporaryAllocation(byteCount: 64 << 10, alignment: 1) { space in
            let count = Glibc.read(descriptor, space.baseAddress, space.count)
            if count > 0 { append(space[..<count]) }
            if count < 0, errno != EINTR { throw Failure.unreachable(SystemError.text(errno)) }
            return count != 0
        }
    }
}
