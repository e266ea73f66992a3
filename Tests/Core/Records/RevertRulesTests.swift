import OpsJSONRPC
import Testing

@testable import OpsCore

/// What records become when changes are taken back, as values.
@Suite struct RevertRulesTests {
    private typealias Change = RevertRules.Change
    private let ref = Ref("ci", 1)

    private func rules(_ present: JSON.Object?, _ changes: Change...) -> RevertRules {
        var rules = RevertRules()
        for change in changes {
            rules.begin(change.ref, as: present)
            rules.takeBack(change)
        }
        return rules
    }

    private func change(_ before: JSON.Object?, _ after: JSON.Object?, _ entry: Int64 = 1) -> Change
    {
        Change(entry: entry, ref: ref, before: before, after: after)
    }

    @Test func `the last change of a record is taken back`() {
        let rules = rules(["a": 2, "b": 1], change(["a": 1, "b": 1], ["a": 2, "b": 1]))
        #expect(rules.conflicts == [])
        #expect(rules.state(of: ref) == ["a": 1, "b": 1])
    }

    @Test func `a change is taken back under a later one of another member`() {
        let rules = rules(["a": 2, "b": 9], change(["a": 1, "b": 1], ["a": 2, "b": 1]))
        #expect(rules.state(of: ref) == ["a": 1, "b": 9])
    }

    @Test func `a member that came goes, and one that went comes back`() {
        let rules = rules(["new": 1], change(["old": 1], ["new": 1]))
        #expect(rules.state(of: ref) == ["old": 1])
    }

    @Test func `a member that was changed since is a conflict`() {
        let rules = rules(["a": 3], change(["a": 1], ["a": 2]))
        #expect(
            rules.conflicts == [
                .init(
                    entry: 1, ref: ref, member: "a", reason: "was changed since", expected: 2,
                    found: 3)
            ])
        #expect(rules.state(of: ref) == ["a": 3])
    }

    @Test func `all conflicts of a record are said`() {
        let rules = rules(["a": 3], change(["a": 1, "b": 1, "c": 1], ["a": 2, "b": 2, "c": 1]))
        #expect(rules.conflicts.map(\.member) == ["a", "b"])
        #expect(rules.conflicts.map(\.found) == [3, nil])
    }

    @Test func `a record that came goes, unless it was changed since`() {
        #expect(rules(["a": 1], change(nil, ["a": 1])).state(of: ref) == nil)
        let changed = rules(["a": 2], change(nil, ["a": 1]))
        #expect(changed.conflicts.map(\.member) == ["a"])
        #expect(changed.state(of: ref) == ["a": 2])
        #expect(rules(nil, change(nil, ["a": 1])).conflicts.map(\.reason) == ["it is gone already"])
    }

    @Test func `a record that went comes back, unless it is there again`() {
        #expect(rules(nil, change(["a": 1], nil)).state(of: ref) == ["a": 1])
        let again = rules(["a": 2], change(["a": 1], nil))
        #expect(again.conflicts.map(\.reason) == ["it is there again"])
    }

    @Test func `a change of a record that is gone is a conflict`() {
        #expect(
            rules(nil, change(["a": 1], ["a": 2])).conflicts.map(\.reason) == ["it is gone since"])
    }

    @Test func `several changes of one record are taken back one after the other`() {
        let rules = rules(
            ["a": 3], change(["a": 2], ["a": 3], 3), change(["a": 1], ["a": 2], 2),
            change(nil, ["a": 1], 1))
        #expect(rules.conflicts == [])
        #expect(rules.order == [ref])
        #expect(rules.state(of: ref) == nil)
    }
}
