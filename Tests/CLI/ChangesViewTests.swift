import OpsJSONRPC
import Testing

@testable import opsloop

@Suite struct ChangesViewTests {
    private let view = ChangesView(palette: .plain)

    @Test func `Each change has a line, a changed member too`() {
        let text = view.render([
            "counts": [
                "targets": ["created": 1, "updated": 1, "deleted": 0, "unchanged": 5],
                "made_checks": ["created": 30, "updated": 0, "deleted": 2, "unchanged": 0],
                "checks": ["created": 0, "updated": 0, "deleted": 1, "unchanged": 0],
            ],
            "changes": [
                ["action": "create", "kind": "target", "name": "web1", "after": [:]],
                [
                    "action": "update", "kind": "template", "name": "ping",
                    "before": ["interval_ms": 60000],
                    "after": ["interval_ms": 5000, "labels": [:]],
                ],
                ["action": "delete", "kind": "check", "name": "old\u{1B}[2J", "before": [:]],
            ],
            "more_changes": 3,
        ])
        #expect(
            text == """
                + target web1
                ~ template ping
                    interval_ms: 60000 -> 5000
                    labels: none -> {}
                - check old [2J
                and 3 more: see --limit
                targets: 1 created, 1 updated; made checks: 30 created, 2 deleted; checks: 1 deleted

                """)
    }

    @Test func `Nothing to change is said`() {
        #expect(
            view.render(["counts": ["targets": ["unchanged": 2]], "changes": []])
                == "nothing to change\n")
    }

    @Test func `Other answers are none of its business`() {
        #expect(view.render(["counts": [:], "changes": [1]]) == nil)
        #expect(view.render(["ref": "check:1"]) == nil)
    }
}
