internal import Glibc
internal import OpsCore

/// Remembers how far the files of a check have been read, so that only what is appended is judged.
///
/// Files are told apart by their numbers and not by their names: one that was renamed, as logs are,
/// is read to its end under its new name before the one that took its place. One that became shorter
/// is read from its beginning, and so is one that is new. The first look only notes where the files
/// end. A line is read once it is complete.
final class AppendedContent: Sendable {
    /// What was appended to a file.
    enum Found: Sendable, Equatable {
        case bytes([UInt8])
        /// Where files end is noted for the first time.
        case nothingYet
        /// It is no file that has a content.
        case none
        case unreadable(reason: String)
    }

    private struct FileID: Hashable {
        var device: UInt64
        var number: UInt64
    }

    private struct Place {
        var path: String
        var offset: Int64
    }

    private let places = Guarded<[FileID: Place]?>(nil)

    /// Looks at all files of a check, one after the other.
    ///
    /// - Parameter limit: How much of each is read at most; the rest is for the next look.
    func look(at files: [FileFacts], limit: Int) -> [String: Found] {
        let known = places.withLock { $0 }
        var rest = known ?? [:]
        var next: [FileID: Place] = [:]
        var found: [String: Found] = [:]
        for file in files {
            // To open a pipe or a device does something to it.
            guard file.kind == .file else {
                found[file.path] = Found.none
                continue
            }
            found[file.path] = Self.reading(file.path) { descriptor, id, size in
                let old = rest.removeValue(forKey: id)
                let isFirst = known == nil
                let start = old.map { $0.offset <= size ? $0.offset : 0 } ?? (isFirst ? size : 0)
                let (bytes, end) = Self.lines(of: descriptor, from: start, limit)
                next[id] = Place(path: file.path, offset: end)
                return isFirst ? .nothingYet : .bytes(bytes)
            }
        }
        readRest(of: rest, limit, into: &found)
        places.withLock { $0 = next }
        return found
    }

    /// Reads files to their ends that are no longer where they were, if they are still beside it.
    private func readRest(
        of gone: [FileID: Place], _ limit: Int, into found: inout [String: Found]
    ) {
        for (id, place) in gone {
            guard let path = Self.path(of: id, beside: place.path) else { continue }
            let tail = Self.reading(path) { descriptor, now, _ in
                now == id ? .bytes(Self.lines(of: descriptor, from: place.offset, limit).0) : .none
            }
            guard case .bytes(let before) = tail else { continue }
            if case .bytes(let after) = found[place.path] {
                found[place.path] = .bytes(before + after)
            } else if !before.isEmpty {
                found[place.path] = .bytes(before)
            }
        }
    }

    private static func path(of id: FileID, beside path: String) -> String? {
        let folder = path[..<(path.lastIndex(of: "/") ?? path.startIndex)]
        guard let list = opendir(folder.isEmpty ? "/" : String(folder)) else { return nil }
        defer { closedir(list) }
        while let entry = readdir(list) {
            guard UInt64(entry.pointee.d_ino) == id.number else { continue }
            let name = withUnsafePointer(to: entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            return "\(folder)/\(name)"
        }
        return nil
    }

    private static func reading(
        _ path: String, _ body: (CInt, FileID, Int64) -> Found
    ) -> Found {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        var facts = stat()
        guard descriptor >= 0 else { return .unreadable(reason: String(cString: strerror(errno))) }
        defer { close(descriptor) }
        guard fstat(descriptor, &facts) == 0 else {
            return .unreadable(reason: String(cString: strerror(errno)))
        }
        let id = FileID(device: UInt64(facts.st_dev), number: UInt64(facts.st_ino))
        return body(descriptor, id, Int64(facts.st_size))
    }

    /// The complete lines from a place on, and the place after them.
    private static func lines(
        of descriptor: CInt, from start: Int64, _ limit: Int
    ) -> ([UInt8], end: Int64) {
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
}
