import Glibc
import OpsJSONRPC
import TestClient
import Testing

/// What the documents tell people to type works when it is pasted.
@Suite("The documents", .timeLimit(.minutes(5)))
struct DocumentTests {
    static let paths: [String] = {
        let guides = Programs.repository + "/docs/guides"
        var names: [String] = []
        if let folder = opendir(guides) {
            defer { closedir(folder) }
            while let entry = readdir(folder) {
                let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                    String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
                }
                if name.hasSuffix(".md") { names.append(guides + "/" + name) }
            }
        }
        return [Programs.repository + "/README.md"].filter { access($0, R_OK) == 0 }
            + names.sorted()
    }()

    @Test(arguments: paths)
    func `the shell blocks of a document run one after the other`(path: String) async throws {
        let blocks = try Document(path).blocks.filter { $0.language == "sh" && $0.isRun }
        guard !blocks.isEmpty else { return }
        let folder = try TemporaryFolder()
        #expect(
            try await Programs.run(
                "cp", Programs.repository + "/plugins.json", folder.file("plugins.json")))
        // Background programs end with the shell, so that the pipe does too.
        let script = try folder.write(
            "set -euo pipefail\ntrap 'kill $(jobs -p) 2>/dev/null || true' EXIT\n"
                + blocks.map(\.text).joined(separator: "\n"),
            to: "script")
        let shell = try ChildProgram(
            ["bash", script], environment: Programs.environment(home: folder.path),
            directory: folder.path, errors: folder.file("errors"))
        do {
            let ending = try await shell.ending()
            await shell.end()
            let said = "\(try await shell.rest())\n\(folder.read("errors"))"
            #expect(ending == .exited(0), "\(said)")
        } catch {
            await shell.end()
            throw error
        }
    }

    @Test(arguments: paths)
    func `the JSON blocks of a document are JSON`(path: String) throws {
        for block in try Document(path).blocks where block.language == "json" && block.isRun {
            #expect(throws: Never.self, "\(path):\(block.line)") { try JSON.parse(block.text) }
        }
    }
}
