import OpsJSONRPC
import Testing

@testable import OpsImport

/// Files cut into pieces, each of which can be imported.
@Suite struct ImportPiecesTests {
    private func pieces(
        _ text: String, records: Int = 2, bytes: Int = 1000
    ) throws -> [ImportPieces.Piece] {
        try ImportPieces.cut(text, .auto, records: records, bytes: bytes)
    }

    @Test func `each piece of CSV begins with the first line`() throws {
        let found = try pieces("\u{FEFF}name,class\r\na,x\r\n\"b\nc\",y\r\n\r\nd,z\r\n")
        #expect(found.map(\.firstLine) == [2, 6])
        #expect(found.map(\.records) == [2, 1])
        #expect(found[0].text == "name,class\na,x\r\n\"b\nc\",y\r\n")
        #expect(found[1].text == "name,class\nd,z\r\n")
    }

    @Test func `JSON lines are cut at line ends`() throws {
        let found = try pieces("{\"a\":1}\n\n{\"a\":2}\n{\"a\":3}")
        #expect(found.map(\.firstLine) == [1, 4])
        #expect(found.map(\.text) == ["{\"a\":1}\n\n{\"a\":2}\n", "{\"a\":3}"])
    }

    @Test func `a piece is no larger than a request may be, but for a single record`() throws {
        let found = try pieces("n\naaaa\nbbbb\ncccccccccccccccc\nd\n", records: 100, bytes: 12)
        #expect(found.map(\.records) == [2, 1, 1])
        #expect(found.allSatisfy { $0.text.utf8.count <= 12 || $0.records == 1 })
        #expect(found.map(\.firstLine) == [2, 4, 5])
    }

    @Test func `pieces together say what the whole says, line by line`() throws {
        let rows = (1...57).map { number in
            number % 7 == 0 ? "\"n\(number)\nx\",\"a, b\"" : "n\(number),\"say \"\"\(number)\"\"\""
        }
        let text = "name,note" + "\n" + rows.joined(separator: "\n\n")
        func records(_ text: String, _ line: Int?) throws -> [ImportedRecord] {
            try ImportReader(
                columns: [ImportColumn("name"), ImportColumn("note")], maxRecords: 100,
                firstLine: line
            ).read(text, .csv).records
        }
        let whole = try records(text, nil)
        for size in [1, 3, 10, 100] {
            let parts = try pieces(text, records: size).flatMap {
                try records($0.text, $0.firstLine)
            }
            #expect(parts == whole)
        }
    }

    @Test func `nothing is cut of nothing, and a mistake is said`() throws {
        #expect(try pieces("") == [])
        #expect(try pieces("name\n") == [])
        #expect(throws: CSVReader.Mistake(line: 2, reason: "a quote is opened and never closed")) {
            try pieces("name\n\"a")
        }
    }
}
