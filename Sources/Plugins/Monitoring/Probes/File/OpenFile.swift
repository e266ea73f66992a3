internal import Glibc

/// A file that is open for reading, as long as this is there.
final class OpenFile {
    /// What a file keeps when it is renamed.
    struct ID: Hashable, Sendable {
        var device: UInt64
        var number: UInt64
    }

    /// Why it cannot be opened.
    struct Failure: Error {
        var reason: String
    }

    /// Where a file is that was renamed.
    enum Whereabouts {
        case found(String)
        case gone
        /// Its folder cannot be read just now.
        case unknown
    }

    let id: ID
    let size: Int64
    private let descriptor: CInt

    init(_ path: String) throws(Failure) {
        descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        var facts = stat()
        guard descriptor >= 0, fstat(descriptor, &facts) == 0 else {
            let reason = String(cString: strerror(errno))
            if descriptor >= 0 { close(descriptor) }
            throw Failure(reason: reason)
        }
        id = ID(device: UInt64(facts.st_dev), number: UInt64(facts.st_ino))
        size = Int64(facts.st_size)
    }

    deinit { close(descriptor) }

    /// The complete lines from a place on, and the place after them.
    func lines(from start: Int64, _ limit: Int) -> ([UInt8], end: Int64) {
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 65_536)
        while bytes.count < limit {
            let count = pread(
                descriptor, &piece, min(piece.count, limit - bytes.count),
                off_t(start) + bytes.count)
            if count == 0 || (count < 0 && errno != EINTR) { break }
            if count > 0 { bytes += piece[..<count] }
        }
        if let end = bytes.lastIndex(of: UInt8(ascii: "\n")) {
            bytes.removeSubrange((end + 1)...)
        } else if bytes.count < limit {
            bytes = []
        }
        return (bytes, start + Int64(bytes.count))
    }

    /// Looks for a file in the folder of a path.
    static func path(of id: ID, beside path: String) -> Whereabouts {
        let folder = path[..<(path.lastIndex(of: "/") ?? path.startIndex)]
        guard let list = opendir(folder.isEmpty ? "/" : String(folder)) else {
            return errno == ENOENT || errno == ENOTDIR ? .gone : .unknown
        }
        defer { closedir(list) }
        while let entry = readdir(list) {
            guard UInt64(entry.pointee.d_ino) == id.number else { continue }
            let name = withUnsafePointer(to: entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            return .found("\(folder)/\(name)")
        }
        return .gone
    }
}
