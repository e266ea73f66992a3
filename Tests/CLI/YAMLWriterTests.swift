import OpsJSONRPC
import Testing

@testable import opsloop

@Suite("YAML")
struct YAMLWriterTests {
    @Test(arguments: [
        "web", "check:1", "http://a/b?c=d", "a b", "it's", "Zürich", "/var/log", "_x",
    ])
    func `harmless text stays plain`(text: String) {
        #expect(YAMLWriter.text(.string(text)) == text + "\n")
    }

    @Test(arguments: [
        "", " a", "a ", "yes", "No", "on", "null", "~", "y", "true", "12", "1e3", "0x1f", "-",
        "- a",
        "? a", "a: b", "a #b", "a:", "#a", "&a", "*a", "!a", "|", ">", "%a", "@a", "`a", "[a]",
        "{a}", "'a'", "\"a\"", "2026-11-21", "1:30", "=", "<<", "a\tb", "\u{7}", "\u{85}",
        "\u{2028}",
        ".inf", "NaN", ",a", "\\", "a\r",
    ])
    func `text that a reader could take for something else is quoted`(text: String) throws {
        let yaml = YAMLWriter.text(.string(text))
        #expect(yaml.hasPrefix("\"") && yaml.hasSuffix("\"\n"))
        // What is inside the quotes is JSON, so our own parser can read it back.
        #expect(try JSON.parse(String(yaml.dropLast())) == .string(text))
    }

    @Test func `records nest and lists share the line of their dash`() throws {
        let value: JSON = [
            "items": [
                ["name": "web", "labels": ["env": "prod"], "none": [], "empty": [:]],
                ["name": "no", "ok": true, "n": 1.5, "nothing": nil],
            ],
            "lists": [["a", "b"], []], "next_cursor": nil,
        ]
        #expect(
            YAMLWriter.text(value) == """
                items:
                  - name: web
                    labels:
                      env: prod
                    none: []
                    empty: {}
                  - name: "no"
                    ok: true
                    "n": 1.5
                    nothing: null
                lists:
                  - - a
                    - b
                  - []
                next_cursor: null

                """)
    }

    @Test func `several lines stay lines`() {
        let value: JSON = ["output": "one\n\n  two: 3\n", "short": "a\nb", "odd": " a\nb"]
        #expect(
            YAMLWriter.text(value) == """
                output: |
                  one

                    two: 3
                short: |-
                  a
                  b
                odd: " a\\nb"

                """)
    }
}
