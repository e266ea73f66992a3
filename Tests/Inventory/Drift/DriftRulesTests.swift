import OpsJSONRPC
import Testing

@testable import OpsInventory

/// In what documented and observed members differ, and since when.
@Suite struct DriftRulesTests {
    private let then = Instant(milliseconds: 1000)
    private let now = Instant(milliseconds: 2000)

    @Test func `The same is no difference, and neither is who observes it`() {
        let item: JSON.Object = ["name": "a", "fields": ["os": "Debian 12"]]
        #expect(DriftRules.members(item, item, at: now) == [])
        let observed: JSON.Object = [
            "name": "a", "fields": ["os": "Debian 12"], "discovered_by": "scan",
            "external_key": "1",
        ]
        #expect(DriftRules.members(item, observed, at: now) == [])
    }

    @Test func `Members and fields that differ are named, with both values`() {
        let found = DriftRules.members(
            ["name": "a", "environment": "", "fields": ["os": "Debian 12", "rack": 7]],
            ["name": "a", "environment": "test", "fields": ["os": "Debian 13", "cpus": 4]], at: now)
        #expect(
            found == [
                .init(member: "environment", documented: "", observed: "test", since: now),
                .init(member: "fields.cpus", documented: nil, observed: 4, since: now),
                .init(
                    member: "fields.os", documented: "Debian 12", observed: "Debian 13", since: now),
                .init(member: "fields.rack", documented: 7, observed: nil, since: now),
            ])
    }

    @Test func `A difference goes on since it was found first, whatever it has become`() {
        let known = DriftRules.members(["a": 1, "b": 1], ["a": 2, "b": 1], at: then)
        let later = DriftRules.members(["a": 1, "b": 1], ["a": 3, "b": 2], known: known, at: now)
        #expect(later.map(\.since) == [then, now])
        #expect(DriftRules.members(["a": 1], ["a": 1], known: known, at: now) == [])
    }
}
