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

    /// Three targets whose template 7 cannot be read, each with a check of it.
    private var unread: Watchlist {
        var watchlist = Watchlist()
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
        let changes = Changes<TargetDefinition, StoredTarget>(
            delete: [target(1), target(3)], keeping: [target(2)])
        let made = try MadeChecks(changes, Changes(keeping: []), over: unread, path: \.name)
        #expect(made.delete == [10, 30])
        #expect(made.create.isEmpty && made.update.isEmpty)
    }
}
