import Testing

@testable import OpsCore

/// Expressions that are held against labels, and those that are kept.
@Suite struct PatternCacheTests {
    @Test func `What is asked for again and again stays, however many others come`() throws {
        let cache = PatternCache()
        let often = try cache.pattern(for: "[a-z]+")
        let once = try cache.pattern(for: "[0-9]+")
        for number in 0..<(PatternCache.limit * 2) {
            _ = try cache.pattern(for: "x[\(number)]?")
            #expect(try cache.pattern(for: "[a-z]+") === often)
        }
        #expect(try cache.pattern(for: "[0-9]+") !== once)
        let last = PatternCache.limit * 2 - 1
        let kept = try cache.pattern(for: "x[\(last)]?")
        #expect(try cache.pattern(for: "x[\(last)]?") === kept)
    }

    @Test func `Of a value that is too long to be judged neither holds`() throws {
        let text = "[a-z]+(0|1)?"
        let judged = try PatternCache().pattern(for: text).maxBytes
        for (count, isKnown) in [(judged, true), (judged + 1, false)] {
            let value = String(repeating: "a", count: count)
            let matches = try LabelCondition(LabelMatcher("l", .matches, text))
            let doesNot = try LabelCondition(LabelMatcher("l", .doesNotMatch, "\(text)"))
            #expect(matches.holds(for: value) == isKnown)
            #expect(!doesNot.holds(for: value))
        }
    }
}
