import Glibc

/// A folder's content.
enum Folder {
    /// The paths of what lies in a folder; none when it cannot be read.
    static func entries(of path: String) -> [String] {
        guard let directory = opendir(path) else { return [] }
        defer { closedir(directory) }
        var entries: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { name in
                String(decoding: name.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { entries.append("\(path)/\(name)") }
        }
        return entries
    }

    /// The lengths of all files in a folder, at any depth.
    static func bytes(of path: String) throws -> Int {
        try entries(of: path).reduce(0) { sum, path in
            var status = stat()
            guard lstat(path, &status) == 0 else {
                // What was merged meanwhile is counted as what it has become.
                if errno == ENOENT { return sum }
                throw BenchError("read the size of \(path)", errno: errno)
            }
            guard status.st_mode & S_IFMT == S_IFDIR else { return sum + Int(status.st_size) }
            return sum + (try bytes(of: path))
        }
    }

    /// Deletes a folder with everything in it, links themselves rather than what they lead to.
    static func remove(_ path: String) {
        for entry in entries(of: path) where unlink(entry) != 0 { remove(entry) }
        rmdir(path)
    }
}
