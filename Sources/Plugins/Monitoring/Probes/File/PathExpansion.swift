internal import Glibc

/// Finds the paths that a pattern of the shell stands for; for worker threads only.
struct PathExpansion {
    /// Who asks for more gets an error, not a part.
    struct TooMany: Error {}

    static let maxPaths = 10_000
    private static let maxEntries = 1_000_000

    private(set) var paths: [String] = [""]
    /// Folders that could not be read, with the system's words.
    private(set) var unreadable: [String: String] = [:]
    private var entries = 0

    /// Whether the text is a pattern, and no plain path.
    static func isPattern(_ text: some StringProtocol) -> Bool {
        text.contains { "*?[".contains($0) }
    }

    /// Expands a full path part by part; what does not exist is left out.
    init(_ path: String) throws(TooMany) {
        for part in path.split(separator: "/") {
            guard Self.isPattern(part) else {
                paths = paths.map { "\($0)/\(part)" }
                continue
            }
            var found: [String] = []
            for folder in paths {
                found += try matches(of: String(part), in: folder)
                guard found.count <= Self.maxPaths else { throw TooMany() }
            }
            paths = found.sorted()
        }
        if paths == [""] { paths = ["/"] }
    }

    private mutating func matches(
        of pattern: String, in folder: String
    ) throws(TooMany) -> [String] {
        guard let stream = opendir(folder.isEmpty ? "/" : folder) else {
            let error = errno
            if error != ENOENT, error != ENOTDIR {
                unreadable[folder] = String(cString: strerror(error))
            }
            return []
        }
        defer { closedir(stream) }
        var found: [String] = []
        while let entry = readdir(stream) {
            entries += 1
            guard entries <= Self.maxEntries, found.count <= Self.maxPaths else { throw TooMany() }
            let name = withUnsafeBytes(of: entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if fnmatch(pattern, name, FNM_PERIOD) == 0 { found.append("\(folder)/\(name)") }
        }
        return found
    }
}
