import Foundation

/// A text file with its lines.
struct TextFile {
    /// The path from the root of the repository.
    let path: String
    let lines: [String]

    /// The places of the lines that hold any of `words`, as `path:line: word`.
    func places(of words: [String]) -> [String] {
        lines.enumerated().flatMap { number, line in
            words.filter(line.contains).map { "\(path):\(number + 1): \($0)" }
        }
    }
}

extension TextFile {
    /// Reads a file; nil for folders and for what is no text.
    init?(_ path: String, in root: URL) {
        guard let text = try? String(contentsOf: root.appending(path: path), encoding: .utf8)
        else { return nil }
        self.path = path
        lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }
}
