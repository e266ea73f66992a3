import Glibc

/// Files of the repository.
enum TextFiles {
    /// The paths of all files below a folder, sorted; hidden ones are left out.
    static func paths(below folder: String) -> [String] {
        entries(of: folder).flatMap { isFolder($0) ? paths(below: $0) : [$0] }
    }

    /// The paths of what lies in a folder, sorted.
    static func entries(of folder: String) -> [String] {
        guard let directory = opendir(folder) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if !name.hasPrefix(".") { names.append(folder + "/" + name) }
        }
        return names.sorted()
    }

    private static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }
}
