import Testing

@testable import OpsCore

@Suite struct SearchExpressionTests {
    @Test(arguments: [
        ("disk", #""disk""#),
        ("disk full", #""disk" AND "full""#),
        ("  disk\tfull\n", #""disk" AND "full""#),
        ("disk*", #""disk" *"#),
        (#""disk full""#, #""disk full""#),
        (#""disk full"*"#, #""disk full" *"#),
        (#"a"b c"d"#, #""a" AND "b c" AND "d""#),
        (#"open "quote here"#, #""open" AND "quote here""#),
        ("AND OR NOT", #""AND" AND "OR" AND "NOT""#),
        ("title:x (y) ^z -w", #""title:x" AND "(y)" AND "^z" AND "-w""#),
        ("10.0.0.1", #""10.0.0.1""#),
        ("Größe 東京", #""Größe" AND "東京""#),
        ("a\u{0}b", #""a" AND "b""#),
        ("*x y**", #""x" AND "y" *"#),
    ])
    func `words are quoted and nothing else has a meaning`(text: String, expected: String) throws {
        #expect(try SearchExpression(text).text == expected)
    }

    @Test(arguments: ["", "   ", "*", "\"", "\"\"", "* - !", "\u{0}", "\u{301}"])
    func `a text without words asks for nothing`(text: String) throws {
        #expect(try SearchExpression(text).text == nil)
    }

    @Test func `too many words are refused`() throws {
        let words = Array(repeating: "x", count: SearchExpression.maxTerms)
        _ = try SearchExpression(words.joined(separator: " "))
        let error = #expect(throws: StoreError.self) {
            try SearchExpression((words + ["x"]).joined(separator: " "))
        }
        #expect(error?.code == .invalidArgument)
    }
}
