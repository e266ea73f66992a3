import Foundation
import Glibc

/// A folder that is gone after the test.
struct TemporaryFolder {
    let path: String

    init() throws {
        var template = Array("/tmp/opsloop-probes-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Failure(what: "mkdtemp", error: errno) }
        path = template.withUnsafeBufferPointer { buffer in
            buffer.baseAddress.map { String(cString: $0) } ?? ""
        }
    }

    struct Failure: Error {
        let what: String
        let error: CInt
    }

    /// Writes a file, folders on its way included, and returns its path.
    @discardableResult
    func write(_ name: String, _ text: String, mode: mode_t = 0o644) throws -> String {
        var folder = path
        for part in name.split(separator: "/").dropLast() {
            folder += "/" + part
            mkdir(folder, 0o755)
        }
        let file = "\(path)/\(name)"
        let descriptor = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw Failure(what: file, error: errno) }
        defer { close(descriptor) }
        let bytes = Array(text.utf8)
        guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count else {
            throw Failure(what: file, error: errno)
        }
        return file
    }

    /// Reads a file.
    func read(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(fileURLWithPath: "\(path)/\(name)")))
    }

    /// Writes an executable shell script and returns its path.
    func script(_ lines: String) throws -> String {
        try write("check", "#!/bin/sh\n\(lines)\n", mode: 0o755)
    }

    /// Removes the folder with everything in it.
    func remove() {
        // The folder is a test's own; one that stays behind harms nobody.
        try? FileManager.default.removeItem(atPath: path)
    }
}
