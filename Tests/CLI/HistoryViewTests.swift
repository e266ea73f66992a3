import OpsJSONRPC
import Testing

@testable import opsloop

@Suite struct HistoryViewTests {
    private static let items: [JSON] = [
        [
            "entry": 12, "at": "2026-11-21T11:57:00.000Z", "principal": "ana",
            "action": "ticket.transitioned", "reason": "ticket.transition r1", "outcome": "ok",
            "before": ["state": "new"], "after": ["state": "assess"],
            "changed": [
                ["member": "generation", "before": 1, "after": 2],
                ["member": "plan", "before": "", "after": "Stop it.\nStart it."],
                ["member": "queue", "before": "queue:1"],
                ["member": "state", "before": "new", "after": "assess"],
                ["member": "updated_at", "before": "x", "after": "y"],
            ],
        ],
        [
            "entry": 11, "at": "2026-11-21T11:00:00.000Z", "principal": "bert\u{1B}[2J",
            "action": "ticket.updated", "outcome": "failed", "before": ["generation": 0],
            "changed": [["member": "generation", "before": 0, "after": 1]],
        ],
        [
            "entry": 10, "at": "2026-11-20T12:00:00.000Z", "principal": "ana",
            "action": "ticket.created", "outcome": "ok",
            "changed": [
                ["member": "description", "after": ""], ["member": "labels", "after": [:]],
                ["member": "priority", "after": 5], ["member": "title", "after": "More memory"],
            ],
        ],
    ]

    @Test func `Each change says who made it and when, and what it changed`() {
        let view = HistoryView(palette: .plain, width: nil, now: Fixture.now)
        #expect(
            view.render(Self.items) == """
                12  2026-11-21 11:57:00Z  (3m ago)  ana  ticket.transitioned
                    plan: none -> Stop it. Start it.
                    queue: queue:1 -> none
                    state: new -> assess
                11  2026-11-21 11:00:00Z  (1h ago)  bert [2J  ticket.updated  failed
                    generation: 0 -> 1
                10  2026-11-20 12:00:00Z  (1d ago)  ana  ticket.created
                    priority: 5
                    title: More memory

                """)
    }

    @Test func `A long text is cut where a terminal ends`() throws {
        let view = HistoryView(palette: .plain, width: 40, now: Fixture.now)
        let long = String(repeating: "x", count: 100)
        let text = try #require(
            view.render([
                [
                    "entry": 1, "at": "2026-11-21T12:00:00.000Z", "principal": "ana",
                    "action": "ci.updated", "before": [:],
                    "changed": [["member": "name", "before": "a", "after": .string(long)]],
                ]
            ]))
        let line = try #require(text.split(separator: "\n").last)
        #expect(line == "    name: a -> \(String(repeating: "x", count: 24))…")
    }

    @Test func `What was taken back is shown as what it changed`() {
        let view = HistoryView(palette: .plain, width: nil, now: Fixture.now)
        let changed: JSON = [
            ["member": "class", "before": "router", "after": "server"],
            ["member": "generation", "before": 2, "after": 3],
        ]
        #expect(
            view.renderReverted([
                "entries": [12], "changes": [["ref": "ci:4", "exists": true, "changed": changed]],
            ]) == "ci:4\n    class: router -> server\nentry 12 taken back\n")
        #expect(
            view.renderReverted([
                "entries": [12, 13],
                "changes": [["ref": "ci:4", "exists": false, "changed": changed]],
            ]) == "ci:4  is gone\n2 entries taken back\n")
        #expect(view.renderReverted(["entries": [1], "changes": [["kind": "item"]]]) == nil)
        #expect(view.renderReverted(["ref": "ci:4"]) == nil)
    }

    @Test func `Other lists are none of its business`() {
        let view = HistoryView(palette: .plain, width: nil, now: Fixture.now)
        #expect(view.render([]) == nil)
        #expect(view.render([["name": "web1", "changed": [["member": "owner"]]]]) == nil)
        #expect(view.render(Self.items + [["entry": 9]]) == nil)
    }

    @Test func `In a table what changed is named`() {
        let cell = CellText(now: Fixture.now).cell(
            "changed", [["member": "owner", "documented": "a"], ["member": "class"]])
        #expect(cell.text == "owner, class")
        #expect(CellText(now: Fixture.now).cell("lines", [["text": "a"]]).text == "1 entry")
    }
}
