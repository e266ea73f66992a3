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
                let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
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
        let environment = try await Self.environment(of: blocks, in: folder)
        // Background programs end with the shell, so that the pipe does too.
        let script = try folder.write(
            "set -euo pipefail\ntrap 'kill $(jobs -p) 2>/dev/null || true' EXIT\n"
                + blocks.map(\.text).joined(separator: "\n"),
            to: "script")
        let shell = try ChildProgram(
            ["bash", script], environment: environment, directory: folder.path,
            errors: folder.file("errors"))
        do {
            // A guide is a story of a hundred commands, each a program of its own.
            let ending = try await shell.ending(within: 300)
            await shell.end()
            let said = "\(try await shell.rest())\n\(folder.read("errors"))"
            #expect(ending == .exited(0), "\(said)")
            #expect(Self.openTokens(in: folder).isEmpty, "others can read them; umask 077")
        } catch {
            await shell.end()
            throw error
        }
    }

    /// The tokens that a document has written so that others can read them.
    private static func openTokens(in folder: TemporaryFolder) -> [String] {
        TextFiles.paths(below: folder.path).filter { path in
            var status = stat()
            return path.hasSuffix(".token") && stat(path, &status) == 0
                && status.st_mode & 0o077 != 0
        }
    }

    /// The environment of a document's commands; the C library is installed for those that use it,
    /// where the document says, and found by nothing but what the document says.
    private static func environment(
        of blocks: [Document.Block], in folder: TemporaryFolder
    ) async throws -> [String: String] {
        let environment = Programs.environment(home: folder.path)
        guard blocks.contains(where: { $0.text.contains("pkg-config") }) else { return environment }
        let library = try await ExampleBuild.shared.library()
        let prefix = folder.file(".local")
        #expect(
            try await Programs.run(
                "bash", Programs.repository + "/scripts/lib.sh", library, "install", prefix))
        #expect(
            try await Programs.run(
                "cp", "-r", Programs.repository + "/Examples", folder.file("Examples")))
        return environment
    }

    @Test(arguments: paths)
    func `the program blocks of a document stand in an example that is run`(path: String) throws {
        let languages = ["c": ".c", "python": ".py", "swift": ".swift"]
        for block in try Document(path).blocks where block.isRun {
            guard let ending = languages[block.language] else { continue }
            let isFound = try Self.examples(ending).contains { $0.contains(block.text) }
            #expect(isFound, "\(path):\(block.line) is not in Examples, word by word")
        }
    }

    /// The texts of the example files with that ending.
    private static func examples(_ ending: String) throws -> [String] {
        try TextFiles.paths(below: Programs.repository + "/Examples")
            .filter { $0.hasSuffix(ending) }.map { try Document.text(of: $0) }
    }

    @Test(arguments: paths)
    func `the JSON blocks of a document are JSON`(path: String) throws {
        for block in try Document(path).blocks where block.language == "json" && block.isRun {
            #expect(throws: Never.self, "\(path):\(block.line)") { try JSON.parse(block.text) }
        }
    }
}
