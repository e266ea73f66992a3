import Testing

@testable import OpsCore

struct TopicPatternTests {
    @Test(arguments: [
        ("*", "check.created", true), ("check.*", "check.created", true),
        ("check.*", "checks.created", false), ("check.*", "check", false),
        ("check.created", "check.created", true), ("check.created", "check.created.twice", false),
        ("a.b.*", "a.b.c", true), ("a.b.*", "a.bc", false),
    ])
    func `a pattern matches its topics`(pattern: String, topic: String, matches: Bool) throws {
        #expect(try #require(TopicPattern(pattern)).matches(topic) == matches)
    }

    @Test(arguments: ["", "*.created", "check*", "ch*ck", "check.**", "**"])
    func `a star anywhere else is no pattern`(text: String) {
        #expect(TopicPattern(text) == nil)
    }
}
