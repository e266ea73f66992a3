import Foundation
import OpsJSONRPC
import Testing

@testable import OpsCore

/// Rows of the audit log that a script verifies without the daemon.
@Suite struct EvidenceTests {
    private static let script = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../../scripts/verify-evidence.py").standardized.path

    /// Runs the script on rows and answers how it ended and what it said.
    private func verify(_ rows: [JSON], _ more: String...) throws -> (exit: Int32, said: String) {
        let file = FileManager.default.temporaryDirectory
            .appending(path: "evidence-\(UInt64.random(in: 0 ... .max)).jsonl")
        // A test's own file; one that stays behind harms nobody.
        defer { try? FileManager.default.removeItem(at: file) }
        try rows.map { $0.text + "\n" }.joined().write(to: file, atomically: true, encoding: .utf8)
        let process = Process()
        let output = Foundation.Pipe()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", "-B", Self.script, file.path] + more
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let said = String(
            decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return (process.terminationStatus, said)
    }

    /// Every row, page by page.
    private func rows(_ platform: Platform, limit: Int = 1000) async throws -> [JSON] {
        var rows: [JSON] = []
        var params: JSON.Object = ["limit": .number(JSON.Number(limit))]
        while true {
            let page = try await platform.call("evidence.export", .object(params))
            rows += page["items"]?.array ?? []
            guard let cursor = page["next_cursor"], !cursor.isNull else { return rows }
            params["cursor"] = cursor
        }
    }

    private func withRows(
        _ body: (Platform, [JSON], String) async throws -> Void
    ) async throws {
        try await PlatformFixture().run("plain") { platform in
            for number in 1...7 {
                let link: JSON = [
                    "from": .string("a:\(number)"), "relation": "sees", "to": "b:ä\"\u{1F}",
                ]
                _ = try await platform.call("link.create", link)
            }
            let head = try #require(try await platform.call("audit.verify")["head"]?.string)
            try await body(platform, try await rows(platform, limit: 3), head)
        }
    }

    @Test func `a true export is verified`() async throws {
        try await withRows { platform, rows, head in
            let found = try verify(rows, "--head", head)
            #expect(found.exit == 0, "\(found.said)")
            #expect(
                found.said.contains("\(rows.count) rows are as they were written; head \(head)"))
            let whole = try await self.rows(platform)
            #expect(whole == rows)
        }
    }

    @Test func `a part of the log is verified from its first row on`() async throws {
        try await withRows { platform, rows, head in
            let found = try verify(Array(rows.dropFirst(4)), "--head", head)
            #expect(found.exit == 0, "\(found.said)")
            let part = try await platform.call("evidence.export", ["from_seq": 3, "to_seq": 5])
            #expect(part["items"]?.array == Array(rows[2...4]))
        }
    }

    @Test(arguments: ["x", "-1", "9223372036854775807", ""])
    func `a cursor that no page has given is refused`(cursor: String) async throws {
        try await withRows { platform, _, _ in
            let error = await #expect(throws: RPCError.self) {
                _ = try await platform.call("evidence.export", ["cursor": .string(cursor)])
            }
            #expect(error?.fields.map(\.path) == ["cursor"])
        }
    }

    @Test func `every kind of tampering is found`() async throws {
        try await withRows { _, rows, head in
            for column in AuditRow.columns {
                var tampered = rows
                var row = try #require(rows[5].object)
                row[column] = row[column]?.int.map { .number(JSON.Number($0 + 1)) } ?? "x"
                tampered[5] = .object(row)
                let found = try verify(tampered)
                #expect(found.exit == 1, "\(column)")
            }
            var removed = rows
            removed.remove(at: 4)
            #expect(try verify(removed).said.contains("row 5 is missing"))
            var moved = rows
            moved.swapAt(3, 4)
            #expect(try verify(moved).exit == 1)
            #expect(try verify(rows + [rows[2]]).exit == 1)
            let cut = try verify(Array(rows.dropLast()), "--head", head)
            #expect(cut.exit == 1 && cut.said.contains("is not among the rows"))
        }
    }

    @Test func `a log that was written anew is found by the head that was kept`() async throws {
        try await withRows { _, rows, head in
            let seq = rows.count
            let other = "\(seq):\(String(repeating: "0", count: 64))"
            let found = try verify(rows, "--head", other)
            #expect(found.said.contains("is not the one that was kept"))
            let right = try verify(rows, "--head", head)
            let noRow = try verify([["seq": 1]])
            let none = try verify([])
            #expect(right.exit == 0 && noRow.exit == 1 && none.exit == 0)
        }
    }
}
