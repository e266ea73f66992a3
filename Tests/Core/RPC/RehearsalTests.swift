import OpsJSONRPC
import Testing

@testable import OpsCore

/// Dry runs.
@Suite struct RehearsalTests {
    private static let tables = [
        "note", "event", "audit", "sequence", "search_document", "call_result",
    ]

    private func counts(_ desk: CallDesk) async throws -> [Int] {
        var counts: [Int] = []
        for table in Self.tables { counts.append(try await desk.store.count(table)) }
        return counts
    }

    @Test func `a rehearsed write answers as the real one and leaves nothing`() async throws {
        try await CallDesk.run { desk in
            let heard = Journal<Int64>()
            desk.store.setCommitListener { for event in $0 { heard.add(event.seq) } }
            let before = try await counts(desk)
            for id in 1...2 {
                let answer = try await desk.ask(
                    id, "add", ["title": "a"], meta: ["dry_run": true])
                #expect(answer["result"] == ["id": 1, "title": "a"])
            }
            #expect(try await counts(desk) == before)
            #expect(heard.entries.isEmpty)
            let real = try await desk.ask(3, "add", ["title": "a"])
            #expect(real["result"] == ["id": 1, "title": "a"])
            #expect(try await desk.store.eventSequences() == [1])
        }
    }

    @Test func `a rehearsal that would fail says how`() async throws {
        try await CallDesk.run { desk in
            _ = try await desk.ask(1, "add", ["title": "a"])
            let twice = try await desk.ask(2, "add", ["title": "a"], meta: ["dry_run": true])
            #expect(twice["error"]?["code"] == 1004)
        }
    }

    @Test func `rehearsals among real writes of one batch take nothing from them`() async throws {
        try await CallDesk.run { desk in
            try await withThrowingTaskGroup { group in
                for number in 1...100 {
                    group.addTask {
                        var meta = CallMeta()
                        meta.isDryRun = number.isMultiple(of: 2)
                        _ = try await desk.dispatcher.call(
                            "note.add", ["title": .string("\(number)")], as: .system, meta: meta)
                    }
                }
                try await group.waitForAll()
            }
            let titles = try await desk.store.noteTitles().compactMap { Int($0) }
            #expect(titles.sorted() == (1...100).filter { !$0.isMultiple(of: 2) })
            #expect(try await desk.store.eventSequences() == Array(1...50))
        }
    }

    @Test func `a handler that writes past the call is kept from it`() async throws {
        try await CallDesk.run { desk in
            let answer = try await desk.ask(
                1, "add_past", ["title": "a"], meta: ["dry_run": true])
            #expect(answer["error"]?["data"]?["kind"] == "conflict")
            #expect(try await desk.store.noteTitles() == [])
        }
    }

    @Test func `what a rehearsed method calls is rehearsed as well`() async throws {
        try await CallDesk.run { desk in
            for meta: JSON in [["dry_run": true], ["dry_run": true, "timeout_ms": 1000]] {
                let answer = try await desk.ask(1, "add_through", ["title": "a"], meta: meta)
                #expect(answer["result"] == ["id": 1, "title": "a"])
            }
            #expect(try await desk.store.noteTitles() == [])
        }
    }

    @Test func `a handler that answers at once knows that it rehearses`() async throws {
        try await CallDesk.run { desk in
            for _ in 1...2 {
                let answer = try await desk.ask(1, "tick", meta: ["dry_run": true])
                #expect(answer["result"] == ["ticks": 1])
            }
        }
    }

    @Test func `reading needs no rehearsal`() async throws {
        try await CallDesk.run { desk in
            let answer = try await desk.ask(1, "count", meta: ["dry_run": true])
            #expect(answer["result"]?["principal"] == "uid:7")
        }
    }
}
