import Testing

@testable import OpsJSONRPC

@Suite("Suggestions")
struct SpellingTests {
    @Test(arguments: [
        ("lsit", "list"), ("craete", "create"), ("stat", "status"), ("chck", "check"),
    ])
    func `a slip finds its word`(slip: String, word: String) {
        #expect(Spelling.nearest(slip, among: ["list", "create", "status", "check"]) == word)
    }

    @Test func `nothing near suggests nothing`() {
        #expect(Spelling.nearest("xyz", among: ["list", "create"]) == nil)
    }

    @Test func `a swap of neighbours is one slip`() {
        #expect(Spelling.distance(Array("ab"), Array("ba")) == 1)
        #expect(Spelling.distance(Array(""), Array("abc")) == 3)
    }
}
