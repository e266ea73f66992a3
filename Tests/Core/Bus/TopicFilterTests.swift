import Testing

@testable import OpsCore

struct TopicFilterTests {
    @Test(
        arguments: [
            (["*"], ["a", "a.b", "a.b.c"], []),
            (["a.b"], ["a.b"], ["a", "a.b.c", "a.bc", "b.a"]),
            (["a.*"], ["a.b", "a.b.c"], ["a", "ab.c", "b.a.c"]),
            (["a.b.*", "c.d"], ["a.b.c", "a.b.c.d", "c.d"], ["a.b", "a.c", "c.d.e"]),
            ([], [], ["a", "a.b"]),
        ] as [([String], [String], [String])])
    func `a filter takes what one of its patterns takes`(
        patterns: [String], taken: [String], left: [String]
    ) {
        let patterns = patterns.compactMap { TopicPattern($0) }
        let filter = TopicFilter(patterns)
        for topic in taken + left {
            #expect(filter.takes(topic) == taken.contains(topic), "\(topic)")
            #expect(patterns.contains { $0.matches(topic) } == taken.contains(topic), "\(topic)")
        }
    }
}
