internal import Foundation
package import Glibc

/// A folder of a test's own, removed with the last reference to it.
///
/// Its path is short: a socket's path may have 107 bytes.
package final class TemporaryFolder: Sendable {
    package let path: String

    package init() throws {
        let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(parent)/ol-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw TestFailure("mkdtemp", errno) }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit {
        // A folder that stays is a temporary file too many; nothing depends on it.
        try? FileManager.default.removeItem(atPath: path)
    }

    package func file(_ name: String) -> String { path + "/" + name }

    @discardableResult
    package func write(_ text: String, to name: String) throws -> String {
        let path = file(name)
        guard let stream = fopen(path, "we") else { throw TestFailure("write \(path)", errno) }
        defer { fclose(stream) }
        let bytes = Array(text.utf8)
        guard fwrite(bytes, 1, bytes.count, stream) == bytes.count else {
            throw TestFailure("write \(path)", errno)
        }
        return path
    }

    package func read(_ name: String) -> String {
        guard let stream = fopen(file(name), "re") else { return "" }
        defer { fclose(stream) }
        var text: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = fread(&chunk, 1, chunk.count, stream), count > 0 {
            text += chunk[..<count]
        }
        return String(decoding: text, as: UTF8.self)
    }

    package func status(of name: String) -> stat? {
        var status = stat()
        return lstat(file(name), &status) == 0 ? status : nil
    }
}
