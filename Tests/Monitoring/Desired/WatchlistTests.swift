import OpsJSONRPC
import Testing

@testable import OpsCore
@testable import OpsMonitoring

/// Which checks go with targets and templates.
@Suite struct WatchlistTests {
    private func target(_ id: Int) -> StoredTarget {
        StoredTarget(
            id: id, definition: TargetDefinition(name: "t\(id)", address: "t\(id)", labels: [:]),
            createdAt: Instant(milliseconds: 0), updatedAt: Instant(milliseconds: 0), generation: 1)
    }

    private func template(_ id: Int) throws -> StoredTemplate {
        StoredTemplate(
            id: id,
            template: try CheckTemplate(
                name: "ping", match: "",
                given: ["type": "tcp", "host": "{{ address }}", "port": 80],
                CheckReader(.standard, minIntervalMs: 1000)),
            createdAt: Instant(milliseconds: 0), updatedAt: Instant(milliseconds: 0), generation: 1)
    }

    /// Three targets whose template 7 cannot be read, each with a check of it.
    private var unread: Watchlist { watchlist(nil) }

    /// Three targets, each with a check of template 7.
    private func watchlist(_ template: StoredTemplate?) -> Watchlist {
        var watchlist = Watchlist()
        if let template { watchlist.set(template) }
        for id in 1...3 {
            watchlist.set(target(id))
            watchlist.add(id * 10, of: CheckMaker(target: id, template: 7))
        }
        return watchlist
    }

    @Test func `A check whose template cannot be read goes with its target`() {
        var watchlist = unread
        #expect(watchlist.made.isEmpty)
        watchlist.remove(targets: [1, 3], templates: [])
        #expect(Array(watchlist.targets.keys) == [2])
        #expect(watchlist.unread == [CheckMaker(target: 2, template: 7): 20])
    }

    @Test func `Those of which both are gone are planned to be deleted once`() throws {
        let ping = try template(7)
        let made = try MadeChecks(
            Changes(delete: [target(1)], keeping: [target(2), target(3)]),
            Changes(delete: [ping], keeping: []), over: watchlist(ping), path: \.name)
        #expect(made.delete == [10, 20, 30])
        #expect(made.create.isEmpty && made.update.isEmpty)
    }

    @Test func `Those whose template cannot be read are planned to be deleted`() throws {
        let changes = Changes<TargetDefinition, StoredTarget>(
            delete: [target(1), target(3)], keeping: [target(2)])
        let made = try MadeChecks(changes, Changes(keeping: []), over: unread, path: \.name)
        #expect(made.delete == [10, 30])
        #expect(made.create.isEmpty && made.update.isEmpty)
    }
}
