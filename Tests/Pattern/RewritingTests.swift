import Testing

@testable import OpsPattern

@Suite struct RewritingTests {
    @Test(arguments: [
        ("go_(.*)", "golang_$1", "go_threads", "golang_threads"),
        ("(a)(b)?", "$2|${1}0|$0|$$|\\1", "a", "|a0|a|$|\\1"),
        ("x", "", "x", ""), (".*", "ü$0", "é\n", "üé\n"),
    ])
    func `a text that matches as a whole is rewritten`(
        pattern: String, template: String, text: String, result: String
    ) throws {
        #expect(try Rewriting(pattern, to: template)(text) == result)
    }

    @Test func `another text is left alone`() throws {
        let rewriting = try Rewriting("go_(.*)", to: "$1")
        #expect(rewriting("cargo_x") == nil)
        #expect(rewriting("Go_x") == nil)
    }

    @Test(arguments: [
        ("(", "x"), ("a", "$1"), ("(a)", "$2"), ("a", "$"), ("a", "$x"), ("a", "${1"),
    ])
    func `a pattern or a template that makes no sense is refused`(
        pattern: String, template: String
    ) {
        #expect(throws: PatternError.self) { try Rewriting(pattern, to: template) }
    }
}
