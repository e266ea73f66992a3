import Foundation

/// The files of the repository, as far as people write them.
struct Repository {
    private static let skipped: Set<String> = [".git", ".build", ".opsloop", ".swiftpm"]

    /// Read once for all tests.
    static let shared = Result { try Repository() }

    let root: URL
    let files: [TextFile]

    private init() throws {
        let root = try Self.findRoot()
        self.root = root
        files = Self.paths(below: root).compactMap { TextFile($0, in: root) }
    }

    func files(_ folder: String, _ suffix: String) -> [TextFile] {
        files.filter { $0.path.hasPrefix(folder) && $0.path.hasSuffix(suffix) }
    }

    var documents: [Document] { files("", ".md").map(Document.init) }

    func holds(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: root.appending(path: path).path)
    }

    private static func findRoot() throws -> URL {
        var folder = URL(filePath: #filePath).deletingLastPathComponent()
        while !FileManager.default.fileExists(atPath: folder.appending(path: "Package.swift").path)
        {
            guard folder.path != "/" else { throw CocoaError(.fileNoSuchFile) }
            folder.deleteLastPathComponent()
        }
        return folder
    }

    private static func paths(below root: URL) -> [String] {
        guard let all = FileManager.default.enumerator(atPath: root.path) else { return [] }
        var paths: [String] = []
        while let path = all.nextObject() as? String {
            let name = path.split(separator: "/").last.map(String.init) ?? path
            if skipped.contains(name) || name.hasPrefix(".build-") {
                all.skipDescendants()
            } else {
                paths.append(path)
            }
        }
        return paths.sorted()
    }
}
