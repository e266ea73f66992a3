import Testing

@testable import OpsImport

/// Comma-separated values as programs and spreadsheets write them.
@Suite struct CSVReaderTests {
    private func fields(_ text: String) throws -> [[String]] {
        try CSVReader.lines(of: text).map(\.fields)
    }

    @Test func `Fields are split at commas, lines at line ends of any kind`() throws {
        #expect(try fields("a,b\n1,2\n") == [["a", "b"], ["1", "2"]])
        #expect(try fields("a,b\r\n1,\r\n") == [["a", "b"], ["1", ""]])
        #expect(try fields("a,b") == [["a", "b"]])
        #expect(try fields("") == [])
    }

    @Test func `Semicolons and tabs delimit where the first line says so`() throws {
        #expect(try fields("a;b;c\n1,5;2;3") == [["a", "b", "c"], ["1,5", "2", "3"]])
        #expect(try fields("a\tb\nx y\tz") == [["a", "b"], ["x y", "z"]])
    }

    @Test func `A byte-order mark is no part of the first name`() throws {
        #expect(try fields("\u{FEFF}name,class\nä,b") == [["name", "class"], ["ä", "b"]])
    }

    @Test func `Quoted fields hold delimiters, quotes and line ends`() throws {
        #expect(
            try fields("a,b\n\"1,2\",\"say \"\"hi\"\"\nthere\"\n3,\"\"")
                == [["a", "b"], ["1,2", "say \"hi\"\nthere"], ["3", ""]])
    }

    @Test func `Empty lines are skipped, and lines keep their numbers`() throws {
        let lines = try CSVReader.lines(of: "a,b\n\n\"x\ny\",2\n\n5,6\n")
        #expect(lines.map(\.number) == [1, 3, 6])
    }

    @Test func `A quote that is not closed is said with the line on which it opens`() {
        #expect(throws: CSVReader.Mistake(line: 2, reason: "a quote is opened and never closed")) {
            try CSVReader.lines(of: "a\n\"b\nc\n")
        }
        #expect(throws: CSVReader.Mistake(line: 2, reason: "text follows a closing quote")) {
            try CSVReader.lines(of: "a\n\"b\"c\n")
        }
    }
}
