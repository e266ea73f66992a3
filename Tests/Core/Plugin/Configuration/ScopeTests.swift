import Testing

@testable import OpsCore

@Suite struct ScopeTests {
    private func scope(_ text: String) throws -> Scope { try #require(Scope(text)) }

    @Test func `a scope has the names that it says`() throws {
        #expect(try scope("ticket.get").matches("ticket.get"))
        #expect(try !scope("ticket.get").matches("ticket.get_all"))
        #expect(try scope("ticket.*").matches("ticket.note.get"))
        #expect(try !scope("ticket.*").matches("ticket"))
        #expect(try !scope("ticket.*").matches("tickets.get"))
        #expect(try scope("*").matches("anything.at_all"))
    }

    @Test func `a wider scope covers a narrower one`() throws {
        #expect(try scope("*").covers(scope("*")))
        #expect(try scope("*").covers(scope("ticket.*")))
        #expect(try scope("ticket.*").covers(scope("ticket.note.*")))
        #expect(try scope("ticket.*").covers(scope("ticket.get")))
        #expect(try !scope("ticket.*").covers(scope("*")))
        #expect(try !scope("ticket.get").covers(scope("ticket.*")))
        #expect(try !scope("tick.*").covers(scope("ticket.get")))
    }

    @Test(arguments: ["", ".", "a.", ".a", "*.a", "a*", "a.*.b", "A", "a b", "a..b", "1a", "**"])
    func `what is no scope is refused`(text: String) {
        #expect(Scope(text) == nil)
    }
}
