import Glibc

/// A temporary folder, removed when nobody needs it any more.
///
/// It lies on the disk rather than in memory where the system follows the usual rules, because
/// syncing to memory would cost nothing. `TMPDIR` puts it elsewhere.
final class Workspace {
    let path: String

    init() throws {
        let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/var/tmp"
        var template = Array("\(parent)/opsloop-bench-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw BenchError("make a temporary folder in \(parent)", errno: errno)
        }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        Cleanup.add(folder: path)
    }

    deinit { Cleanup.remove(folder: path) }

    /// The path of something in the folder.
    func file(_ name: String) -> String { "\(path)/\(name)" }

    /// Writes a text file and returns its path.
    func write(_ text: String, to name: String) throws -> String {
        let path = file(name)
        guard let file = fopen(path, "w") else { throw BenchError("write \(path)", errno: errno) }
        fputs(text, file)
        guard fclose(file) == 0 else { throw BenchError("write \(path)", errno: errno) }
        return path
    }
}
