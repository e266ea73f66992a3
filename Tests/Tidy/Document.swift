import Foundation

/// A page in Markdown: its headings and links, leaving out what stands in blocks of code.
struct Document {
    let path: String
    private let prose: [String]

    init(_ file: TextFile) {
        path = file.path
        var isCode = false
        prose = file.lines.filter { line in
            guard line.drop(while: { $0 == " " }).hasPrefix("```") else { return !isCode }
            isCode.toggle()
            return false
        }
    }

    func headings(level: Int) -> [String] {
        let mark = String(repeating: "#", count: level) + " "
        return prose.filter { $0.hasPrefix(mark) }.map { String($0.dropFirst(mark.count)) }
    }

    /// The paths from the root of the repository that the page links to.
    var linkedPaths: [String] {
        prose.flatMap { $0.matches(of: /\]\(([^)\s]+)\)/).map { String($0.output.1) } }
            .filter { !$0.contains("://") && !$0.hasPrefix("#") && !$0.hasPrefix("mailto:") }
            .map { link in
                let target = link.prefix { $0 != "#" }.removingPercentEncoding ?? link
                return URL(filePath: "/" + path).deletingLastPathComponent()
                    .appending(path: target).standardized.path
            }
    }
}
