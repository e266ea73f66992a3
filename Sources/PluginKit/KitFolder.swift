internal import Glibc

/// A folder of a plugin's own for the time of one case.
final class KitFolder: Sendable {
    let path: String

    init() throws(KitError) {
        let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(parent)/opsloop-kit-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw KitError("no folder in \(parent): \(KitError.system(errno))")
        }
        path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    // What can't be removed is a temporary file too many.
    deinit { Self.delete(path) }

    private static func delete(_ path: String) {
        // A link is removed, not followed.
        if remove(path) == 0 { return }
        for name in names(in: path) { delete(path + "/" + name) }
        remove(path)
    }

    /// A folder in it.
    func folder(_ name: String) throws(KitError) -> String {
        let folder = path + "/" + name
        guard mkdir(folder, 0o700) == 0 || errno == EEXIST else {
            throw KitError("no folder \(folder): \(KitError.system(errno))")
        }
        return folder
    }

    /// The names of what a folder holds.
    static func names(in folder: String) -> [String] {
        guard let stream = opendir(folder) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    static func read(_ path: String) -> String {
        guard let stream = fopen(path, "re") else { return "" }
        defer { fclose(stream) }
        var text: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = fread(&chunk, 1, chunk.count, stream), count > 0 {
            text += chunk[..<count]
        }
        return String(decoding: text, as: UTF8.self)
    }
}
