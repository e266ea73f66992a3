import Glibc
import TestClient

/// A Markdown document as far as its code blocks go.
struct Document {
    /// A block between fences.
    struct Block {
        let language: String
        var text: String
        /// Where it begins.
        let line: Int
        /// False after the comment `<!-- not run: reason -->`.
        let isRun: Bool
    }

    let blocks: [Block]

    init(_ path: String) throws { blocks = Self.blocks(try Self.text(of: path)) }

    /// The text of a file.
    static func text(of path: String) throws -> String {
        guard let file = fopen(path, "re") else { throw TestFailure("read \(path)", errno) }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = fread(&chunk, 1, chunk.count, file), count > 0 {
            bytes += chunk[..<count]
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    static func blocks(_ text: String) -> [Block] {
        var blocks: [Block] = []
        var open: Block?
        var isSkipped = false
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        for (number, line) in lines.enumerated() {
            if let block = open {
                if line.hasPrefix("```") {
                    blocks.append(block)
                    open = nil
                    isSkipped = false
                } else {
                    open?.text += line + "\n"
                }
            } else if line.hasPrefix("```") {
                open = Block(
                    language: String(line.dropFirst(3)), text: "", line: number + 1,
                    isRun: !isSkipped)
            } else if line.hasPrefix("<!-- not run:") {
                isSkipped = true
            } else if !line.isEmpty {
                isSkipped = false
            }
        }
        return blocks
    }
}
