import Glibc

/// Reads a file or a pipe line by line.
final class LineReader {
    private let file: UnsafeMutablePointer<FILE>
    private var line: UnsafeMutablePointer<CChar>?
    private var capacity = 0

    init(path: String) throws {
        guard let file = fopen(path, "re") else { throw BenchError("read \(path)", errno: errno) }
        self.file = file
    }

    /// Reads from a descriptor, and closes it in the end.
    init(descriptor: CInt) throws {
        guard let file = fdopen(descriptor, "r") else {
            throw BenchError("read from a pipe", errno: errno)
        }
        self.file = file
    }

    deinit {
        fclose(file)
        free(line)
    }

    /// The next line without its end, valid until the next call; nil after the last one.
    func next() -> UnsafeBufferPointer<UInt8>? {
        var count = getline(&line, &capacity, file)
        guard count > 0, let line else { return nil }
        if line[count - 1] == CChar(bitPattern: UInt8(ascii: "\n")) { count -= 1 }
        let bytes = UnsafeRawBufferPointer(start: line, count: count)
        return bytes.bindMemory(to: UInt8.self)
    }
}
