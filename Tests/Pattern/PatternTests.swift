import Testing

@testable import OpsPattern

struct PatternTests {
    @Test(arguments: [
        "(a+)+$", "(a|aa)+$", "(.*a){20}$", "(a?){25}a{25}b", "^(([a-z])+.)+[A-Z]([a-z])+$",
        "(x+x+)+y",
    ])
    func `an expression that backtracking never ends with comes to an end`(text: String) throws {
        let pattern = try Pattern(text)
        let characters = pattern.maxBytes < 100_000 ? pattern.maxBytes : 100_000
        let value = String(repeating: "a", count: characters - 1) + "!"
        #expect(!pattern.isFound(in: value))
        #expect(!pattern.isWhole(value))
    }

    @Test func `the worst known is held against a hundred thousand characters`() throws {
        #expect(try Pattern("(a+)+$").maxBytes > 100_000)
    }

    @Test func `a whole value or a part of it is asked for`() throws {
        let pattern = try Pattern("web|db[0-9]")
        #expect(pattern.isWhole("web") && pattern.isWhole("db1"))
        #expect(!pattern.isWhole("web1") && !pattern.isWhole("db") && !pattern.isWhole("xdb1"))
        #expect(pattern.isFound(in: "a web of lies") && !pattern.isFound(in: "a w e b"))
    }

    @Test func `the empty expression is found anywhere and is only the empty value`() throws {
        let pattern = try Pattern("")
        #expect(pattern.isFound(in: "") && pattern.isFound(in: "a"))
        #expect(pattern.isWhole("") && !pattern.isWhole("a"))
    }

    @Test func `characters are those of Unicode`() throws {
        #expect(try Pattern("Zürich.").isWhole("Zürich🚀"))
        #expect(try Pattern("^.{2}$").isFound(in: "é€"))
        #expect(try Pattern(#"^\p{L}+$"#).isFound(in: "日本語"))
        #expect(try Pattern("(?i)ÄÖ").isWhole("äö"))
        #expect(try !Pattern(#"^\w$"#).isFound(in: "é"))
    }

    @Test func `the end of a text is its end, and a line break is a character`() throws {
        #expect(try !Pattern("^ok$").isFound(in: "ok\n"))
        #expect(try Pattern("a.b").isWhole("a\nb"))
        #expect(try Pattern("a.b").isWhole("a\0b"))
    }

    @Test func `lines are looked at one by one, whatever bytes they hold`() throws {
        let pattern = try Pattern("^ok [[:digit:]]+$", .lines)
        #expect(pattern.isFound(in: Array("first\nok 12\nlast".utf8)))
        #expect(!pattern.isFound(in: Array("not ok 12x".utf8)))
        #expect(pattern.isFound(in: [0, 10] + Array("ok 1".utf8) + [10, 0xFF]))
        #expect(!pattern.isFound(in: []))
        #expect(try Pattern("\u{FF}", .lines).isFound(in: [0x20, 0xC3, 0xBF]))
        #expect(try !Pattern("a.b", .lines).isFound(in: Array("a\nb".utf8)))
    }

    @Test(arguments: [
        ("(", "missing ): ("), ("[a", "missing ]: [a"), ("*", "no argument for repetition"),
        ("(?=a)", "(?="), ("(?<!a)b", "(?<"), (#"(a)\1"#, #"\1"#), (#"\u0041"#, #"\u"#),
        ("[z-a]", "z-a"), (#"a\"#, "trailing"), ("a{2000}", "{2000}"), ("é(", "é("),
        ("((a{100}){100}){100}", "{100}"), (#"(\pL{100}|\pN{100}){9}"#, "too large"),
    ])
    func `what is wrong is named`(text: String, words: String) {
        let error = #expect(throws: PatternError.self) { try Pattern(text) }
        #expect(error?.reason.contains(words) == true, "\(error?.reason ?? "nothing")")
        #expect(error?.description.contains("RE2") == true)
    }

    @Test func `the syntax of grep has no look-around and no back-references either`() {
        for text in [#"(a)\1"#, "(?=a)", "a)"] {
            #expect(throws: PatternError.self) { try Pattern(text, .lines) }
        }
    }

    @Test func `an expression has a longest length and so has a text`() throws {
        let longest = String(repeating: "a", count: Pattern.maxPatternBytes)
        #expect(throws: PatternError.self) { try Pattern(longest + "a") }
        let pattern = try Pattern("a*")
        let value = String(repeating: "a", count: pattern.maxBytes)
        #expect(pattern.isWhole(value) && !pattern.isWhole(value + "a"))
    }

    @Test func `a larger expression takes shorter texts`() throws {
        #expect(try Pattern("(a{100}){9}").maxBytes < Pattern("a{9}").maxBytes)
    }

    @Test func `threads share an expression`() async throws {
        let pattern = try Pattern("([a-c]x?)+[0-9]{3}")
        let found = await withTaskGroup(of: Bool.self) { tasks in
            for number in 0..<64 {
                tasks.addTask { pattern.isWhole("abcx\(String(repeating: "b", count: number))123") }
            }
            return await tasks.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(found == 64)
    }
}
