import Foundation
import Testing

/// Rules for the documents.
@Suite struct DocumentTidyTests {
    let repository: Repository

    init() throws { repository = try Repository.shared.get() }

    @Test func `every document has one title`() {
        let wrong = repository.documents.filter { $0.headings(level: 1).count != 1 }
        #expect(wrong.map(\.path).isEmpty)
    }

    @Test func `every link to a file leads to one`() {
        let broken = repository.documents.flatMap { document in
            document.linkedPaths.filter { !repository.holds($0) }
                .map { "\(document.path) links to \($0)" }
        }
        #expect(broken.isEmpty)
    }

    @Test func `every plugin says the same things about itself`() {
        let headings = ["Purpose", "Settings", "Methods", "Events", "Tables", "What can fail"]
        let pages = repository.documents.filter {
            $0.path.hasPrefix("Sources/Plugins/") && $0.path.hasSuffix("/README.md")
        }
        let wrong = pages.filter { $0.headings(level: 2) != headings }.map(\.path)
        #expect(wrong.isEmpty, "the headings are \(headings.joined(separator: ", "))")
        #expect(pages.count == pluginFolders.count, "a plugin has no README.md")
    }

    private var pluginFolders: Set<String> {
        Set(
            repository.files("Sources/Plugins/", ".swift").compactMap {
                $0.path.split(separator: "/").dropFirst(2).first.map(String.init)
            })
    }

    @Test func `decisions are numbered without gaps`() {
        let numbers = decisions.map { Int($0.path.split(separator: "/")[2].prefix(4)) }
        #expect(numbers == Array(1...max(1, decisions.count)))
    }

    @Test func `every decision says problem, measurement, choice and what was not chosen`() {
        let headings: Set = [
            "The problem", "What was measured", "What was chosen", "What was not chosen",
        ]
        let wrong = decisions.filter { Set($0.headings(level: 2)) != headings }.map(\.path)
        #expect(wrong.isEmpty)
    }

    private var decisions: [Document] {
        repository.documents.filter { $0.path.hasPrefix("docs/decisions/") }
    }
}
