import OpsJSONRPC
import Testing

@testable import OpsCore

@Suite struct RowTests {
    private enum Colour: String, SQLConvertible { case red }

    @Test func `what goes in comes out`() async throws {
        let folder = try StoreFolder()
        let store = try folder.open()
        let instant = Instant(milliseconds: 1_763_687_565_123)
        let nothing: Int? = nil
        let row = try await store.read { tx in
            try #require(
                try tx.row(
                    """
                    SELECT ? AS i, ? AS d, ? AS b, ? AS t, ? AS bytes, ? AS at, ? AS j, ? AS ref,
                        ? AS colour, ? AS n, ? AS none, ? AS some, ? AS texts
                    """, Int.max, 1.5, true, "té", [1, 0, 255] as [UInt8], instant,
                    ["a": [1, nil]] as JSON, Ref("ticket", "a:b"), Colour.red, nil, nothing,
                    Optional(3), ["a": "té", "b": ""] as JSON))
        }
        #expect(try row.int("i") == Int.max)
        #expect(try row.double("d") == 1.5)
        #expect(try row.double("some") == 3)
        #expect(try row.bool("b"))
        #expect(try row.text("t") == "té")
        #expect(try row.blob("bytes") == [1, 0, 255])
        #expect(try row.instant("at") == instant)
        #expect(try row.json("j") == ["a": [1, nil]])
        #expect(try row.texts("texts") == ["a": "té", "b": ""])
        #expect(throws: StoreError.self) { try row.texts("j") }
        #expect(throws: StoreError.self) { try row.texts("t") }
        #expect(try row.ref("ref") == Ref("ticket", "a:b"))
        #expect(try row.text("colour") == "red")
        #expect(try row.value("n") == .null)
        #expect(try row.optionalInt("none") == nil)
        #expect(try row.optionalInt("some") == 3)
        await store.close()
    }

    @Test func `text with a NUL is refused, because engines cut it off there`() async throws {
        let folder = try StoreFolder()
        let store = try folder.open()
        let error = await #expect(throws: StoreError.self) {
            try await store.read { tx in _ = try tx.row("SELECT ? AS t", "a\u{0}b") }
        }
        #expect(error?.code == .invalidArgument)
        await store.close()
    }

    private let row = Row(
        columns: ["text", "number", "none", "bytes"],
        values: [.text("s3cret"), .int(7), .null, .blob([])])

    @Test func `null is nil for each optional accessor and an error for the others`() throws {
        #expect(try row.optionalInt64("none") == nil)
        #expect(try row.optionalDouble("none") == nil)
        #expect(try row.optionalBool("none") == nil)
        #expect(try row.optionalText("none") == nil)
        #expect(try row.optionalBlob("none") == nil)
        #expect(try row.optionalInstant("none") == nil)
        #expect(try row.optionalJSON("none") == nil)
        #expect(try row.optionalRef("none") == nil)
        #expect(throws: StoreError.self) { try row.text("none") }
    }

    @Test func `a missing column is named, with those that there are`() {
        let error = #expect(throws: StoreError.self) { try row.int("numbr") }
        #expect(error?.code == .wrongColumn)
        #expect(
            error?.message == "the row has no column 'numbr'; it has text, number, none, bytes")
    }

    @Test func `a value of another kind is described without being quoted`() {
        let error = #expect(throws: StoreError.self) { try row.int("text") }
        #expect(error?.message == "the column 'text' holds text where an integer is expected")
        for read in [{ _ = try row.json("text") }, { _ = try row.ref("text") }]
            as [() throws -> Void]
        {
            let error = #expect(throws: StoreError.self) { try read() }
            #expect(error?.description.contains("s3cret") == false)
        }
        #expect(throws: StoreError.self) { try row.bool("number") }
        #expect(throws: StoreError.self) { try row.optionalText("bytes") }
    }

    @Test func `Rows are read in place by the places of their columns`() async throws {
        let folder = try StoreFolder()
        let store = try folder.open()
        let read = try await store.read { tx in
            var read: [String] = []
            try tx.forEachInPlace(
                """
                SELECT 1, 'té', NULL UNION ALL SELECT ?, '', 7 UNION ALL SELECT NULL, 's3cret', 'x'
                """, arguments: [Int.max]
            ) { row in
                let numbers = Result { (try row.int(0), try row.optionalInt(2)) }
                read.append("\(try row.text(1)) \(numbers)")
            }
            return read
        }
        #expect(read.prefix(2) == ["té success(1, nil)", " success(\(Int.max), Optional(7))"])
        #expect(read.last?.hasPrefix("s3cret failure") == true)
        let wrong: [@Sendable (borrowing RowInPlace) throws -> Void] = [
            { _ = try $0.int(0) }, { _ = try $0.int(1) }, { _ = try $0.text(0) },
            { _ = try $0.text(2) }, { _ = try $0.optionalText(2) }, { _ = try $0.optionalInt(1) },
            { _ = try $0.text(9) },
        ]
        for body in wrong {
            let error = await #expect(throws: StoreError.self) {
                try await store.read { tx in
                    try tx.forEachInPlace("SELECT NULL, 's3cret', 2", arguments: [], body: body)
                }
            }
            #expect(error?.code == .wrongColumn && "\(error as Any)".contains("s3cret") == false)
        }
        // The statement is the connection's: after an error it is there for the next.
        let again = try await store.read { tx in
            var texts: [String] = []
            try tx.forEachInPlace("SELECT NULL, 's3cret', 2", arguments: []) {
                texts.append(try $0.text(1))
            }
            return texts
        }
        #expect(again == ["s3cret"])
        await store.close()
    }
}
