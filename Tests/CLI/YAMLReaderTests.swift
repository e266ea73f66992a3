import OpsJSONRPC
import Testing

@testable import opsloop

/// YAML from files, as JSON values.
@Suite struct YAMLReaderTests {
    @Test func `A file of all kinds of values`() throws {
        let text = """
            # what is watched
            targets:
              - name: web1
                address: 192.0.2.1      # a text: it has three dots
                labels: {role: web, "port": "8443"}
              - {name: 'it''s', labels: {}}
            empty:
            numbers: [1, -2.5, 0x1F, 0o17, 007, +3, 1e3, .5]
            words: [no, yes, on, true, ~, "7", !!str 7, 1.2.3, 2026-11-21, 08:30]
            text: |
              two
              lines
            folded: >-
              one
              line
            """
        #expect(
            try YAMLReader.read(text) == [
                "targets": [
                    [
                        "name": "web1", "address": "192.0.2.1",
                        "labels": ["role": "web", "port": "8443"],
                    ],
                    ["name": "it's", "labels": [:]],
                ],
                "empty": .null,
                "numbers": [1, -2.5, 31, 15, 7, 3, JSON.parse("1e3"), 0.5],
                "words": [
                    "no", "yes", "on", true, .null, "7", "7", "1.2.3", "2026-11-21", "08:30",
                ],
                "text": "two\nlines\n",
                "folded": "one line",
            ])
    }

    @Test func `Anchors, aliases and merge keys`() throws {
        let text = """
            usual: &usual {interval_ms: 5000, type: http}
            more: &more {max_attempts: 2}
            checks:
              - {<<: *usual, name: a, type: tcp}
              - {<<: [*usual, *more], name: b}
            """
        #expect(
            try YAMLReader.read(text)["checks"] == [
                ["name": "a", "type": "tcp", "interval_ms": 5000],
                ["name": "b", "interval_ms": 5000, "type": "http", "max_attempts": 2],
            ])
    }

    @Test(arguments: ["", "# nothing\n", "---\n", "null"])
    func `What holds nothing is null`(_ text: String) throws {
        #expect(try YAMLReader.read(text) == .null)
    }

    @Test(arguments: [
        ("a: 1\na: 2", 2), ("a: [1, 2", 2), ("a: b: c", 1), ("- a\nb: 1", 2), ("a: *nobody", 1),
        ("a: 1\n---\nb: 2", 2), ("? [a]\n: b", 1), ("a: !binary aGk=", 1), ("a: .nan", 1),
        ("a: .inf", 1), ("a: \"\\x\"", 1), ("\ta: 1", 1), ("<<: 7", 1),
    ])
    func `What is refused is refused with its line`(_ text: String, _ line: Int) {
        let refusal = #expect(throws: YAMLReader.Refusal.self) { try YAMLReader.read(text) }
        #expect(refusal?.line == line, "\(refusal.map { "\($0)" } ?? "")")
    }

    @Test func `A bomb of aliases is refused before it grows`() {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...20 {
            let alias = "*a\(level - 1)"
            text +=
                "a\(level): &a\(level) [\(Array(repeating: alias, count: 10).joined(separator: ", "))]\n"
        }
        let refusal = #expect(throws: YAMLReader.Refusal.self) { try YAMLReader.read(text) }
        #expect(refusal?.reason.contains("10000000") == true)
    }

    @Test func `What nests without end is refused`() {
        let text = String(repeating: "[", count: 10_000)
        #expect(throws: YAMLReader.Refusal.self) { try YAMLReader.read(text) }
    }

    @Test func `What the client writes it reads as the same value`() throws {
        let values: [JSON] = [
            ["a": ["b": [1, "two", .null, true, [:], []]]],
            ["text": "line\nline\n", "more": " leading", "word": "no", "number": "007"],
            ["quote": "it's \"so\": # yes", "": "empty key", "tab\t": "\u{1}\u{7f}é😀"],
            [["nested": [["deep": 1.5e-7]]]],
        ]
        for value in values {
            #expect(try YAMLReader.read(YAMLWriter.text(value)) == value)
        }
    }
}
