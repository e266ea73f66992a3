import OpsJSONRPC
import Testing

@testable import opsloop

/// Whole pages as they look when they are right.
@Suite struct ContextPageTests {
    private let view = ContextView(palette: .plain, now: Fixture.now)

    private static let incident: JSON.Object = [
        "ticket": [
            "ref": "ticket:INC-7", "key": "INC-7", "kind": "incident",
            "title": "The checkout is down", "description": "All carts fail.\nSince \u{1B}[2Jnoon.",
            "state": "in_progress", "priority": 1, "requester": "emil", "assignee": "ana",
            "queue": "web",
        ],
        "next_states": ["on_hold", "resolved"], "affects": ["ci:1", "ci:2"], "work_ms": 0,
        "contributions": [
            [
                "plugin": "inventory", "subject": "ci:1", "section": "inventory",
                "title": "web1 (server, live)",
                "lines": [["text": "owner: Web", "ref": "team:1", "data": [:]]], "more": 0,
            ],
            [
                "plugin": "inventory", "subject": "ci:1", "section": "impact",
                "title": "2 affected when web1 fails",
                "lines": [["text": "shop", "data": [:]], ["text": "", "data": [:]]], "more": 1,
            ],
        ],
        "changes": [],
        "similar": [
            [
                "key": "INC-3", "title": "The checkout hangs", "state": "closed",
                "resolution": "Restart the queue.", "updated_at": "2026-11-18T12:00:00.000Z",
            ]
        ],
        "timeline": [
            [
                "kind": "message", "author": "emil", "body": "Hurry,\nplease.",
                "at": "2026-11-21T11:30:00.000Z",
            ],
            [
                "kind": "note", "author": "ana", "body": "The queue again.",
                "at": "2026-11-21T11:58:00.000Z",
            ],
        ],
        "missing": [],
    ]

    private static let golden = """
        INC-7  The checkout is down
          in_progress, priority 1, with ana, queue web, for emil
          All carts fail.
          Since  [2Jnoon.
          affects ci:1, ci:2
          next on_hold, resolved

        inventory  web1 (server, live)
          owner: Web  team:1

        impact  2 affected when web1 fails
          shop
          and 1 more

        similar
          INC-3  The checkout hangs  closed, 3d ago
            Restart the queue.

        timeline
          30m ago  emil  Hurry, please.
          2m ago  ana  (note) The queue again.

        """

    @Test func `A ticket stands on one page with all that is said around it`() {
        #expect(view.render(.object(Self.incident)) == Self.golden)
    }

    @Test func `A page says which parts are missing, and why`() {
        var page = Self.incident
        page["missing"] = [
            [
                "plugin": "monitoring", "sections": ["checks", "metrics"], "reason": "late",
                "message": "it did not answer within 2 s",
            ]
        ]
        #expect(
            view.render(.object(page)) == Self.golden
                + "\nmissing\n  checks, metrics of monitoring: it did not answer within 2 s\n")
    }

    @Test func `A ticket with nothing around it has a short page`() {
        #expect(
            view.render([
                "ticket": ["key": "REQ-1", "title": "A chair", "state": "new", "priority": 5],
                "contributions": [], "missing": [],
            ]) == "REQ-1  A chair\n  new, priority 5, with nobody\n")
    }

    @Test func `A text keeps its paragraphs, and loses the empty lines around it`() {
        #expect(
            view.render([
                "ticket": [
                    "key": "INC-1", "title": "x", "state": "resolved", "priority": 2,
                    "description": "\n\r\nTest.\n\nThen:\n  \n    1. one\n\n",
                    "resolution": "Done.\n",
                ],
                "contributions": [], "missing": [],
            ]) == """
                INC-1  x
                  resolved, priority 2, with nobody
                  Test.

                  Then:

                      1. one
                  Done.

                """)
    }

    @Test func `Changes stand with when they were made, how they went and why they are there`() {
        #expect(
            view.render([
                "ticket": [
                    "key": "INC-1", "title": "web1 is down", "state": "new", "priority": 2,
                ],
                "contributions": [], "missing": [],
                "changes": [
                    [
                        "key": "CHG-2", "title": "new certificate", "state": "closed",
                        "at": "2026-11-21T09:00:00.000Z", "outcome": "failed", "suspect": true,
                        "reason": "changes ci:1",
                    ],
                    [
                        "key": "CHG-1", "title": "new disk", "state": "new",
                        "at": "2026-11-18T12:00:00.000Z", "suspect": false,
                        "reason": "changes ci:2, on which it stands",
                    ],
                ],
            ]) == """
                INC-1  web1 is down
                  new, priority 2, with nobody

                changes
                  CHG-2  suspect  new certificate  closed, 3h ago, failed, changes ci:1
                  CHG-1  new disk  new, 3d ago, changes ci:2, on which it stands

                """)
    }

    // MARK: - Changes

    private static let ticket: JSON = [
        "ref": "ticket:CHG-2", "key": "CHG-2", "kind": "change", "title": "More memory",
        "description": "", "state": "authorize", "priority": 5, "requester": "emil",
    ]

    @Test func `The page of a change in its surroundings names where its plan stands`() {
        #expect(
            view.render([
                "ticket": Self.ticket, "next_states": ["scheduled", "cancelled"],
                "affects": ["ci:1"], "contributions": [], "missing": [],
            ]) == """
                CHG-2  More memory
                  authorize, priority 5, with nobody, for emil
                  affects ci:1
                  next scheduled, cancelled
                  what is planned, its risk and approvals: opsloop change get CHG-2

                """)
    }

    private static let change: JSON = [
        "ticket": ticket,
        "change": [
            "type": "normal", "risk": "high", "risk_reason": "Black Friday", "reason": "",
            "plan": "Stop it.\nPut it in.", "backout_plan": "Take it out.", "test_plan": "",
            "window_from": "2026-11-21T14:00:00.000Z",
            "window_to": "2026-11-21T16:00:00.000Z", "outage": true,
        ],
        "items": ["ci:1", "ci:2"], "next_states": ["scheduled", "cancelled"],
        "approvals": [
            [
                "ref": "approval:1", "mode": "all", "needed": 2, "approvers": ["ana", "bert"],
                "state": "pending", "overrides_freeze": true, "comment": "Ten minutes.",
                "votes": [
                    [
                        "approver": "ana", "vote": "approve", "comment": "",
                        "at": "2026-11-21T11:00:00.000Z",
                    ],
                    [
                        "approver": "bert", "vote": "reject", "comment": "Not today.",
                        "at": "2026-11-21T11:50:00.000Z",
                    ],
                ],
            ],
            [
                "ref": "approval:2", "mode": "quorum", "needed": 2,
                "approvers": ["ana", "bert", "cleo"], "state": "void",
                "overrides_freeze": false, "comment": "", "votes": [],
            ],
        ],
        "missing": ["approvals are waited for"],
        "incidents": [
            [
                "key": "INC-9", "title": "web1 is slow", "state": "new",
                "at": "2026-11-21T11:57:00.000Z", "items": ["ci:1"],
            ]
        ],
    ]

    @Test func `A change has its plan, window, risk and approvals on its page`() {
        #expect(
            view.render(Self.change) == """
                CHG-2  More memory
                  authorize, priority 5, with nobody, for emil
                  normal change, risk high, outage
                  risk: Black Friday
                  window 2026-11-21 14:00:00Z  (in 2h) to 2026-11-21 16:00:00Z  (in 4h)
                  touches ci:1, ci:2
                  next scheduled, cancelled

                plan
                  Stop it.
                  Put it in.

                backout plan
                  Take it out.

                approvals
                  approval:1  pending  all of ana, bert, over a freeze: Ten minutes.
                    ana agreed, 1h ago
                    bert refused, 10m ago: Not today.
                  approval:2  void  2 of ana, bert, cleo

                incidents
                  INC-9  web1 is slow  new, 3m ago

                missing
                  approvals are waited for

                """)
    }

    @Test func `What is not known of a change yet is said`() {
        let text = view.render([
            "ticket": Self.ticket,
            "change": ["type": "standard", "model": "change_model:1", "outage": false],
            "items": [], "approvals": [], "missing": [], "incidents": [], "next_states": [],
        ])
        #expect(
            text == """
                CHG-2  More memory
                  authorize, priority 5, with nobody, for emil
                  standard change, model change_model:1, risk not assessed
                  no window

                """)
    }

    @Test func `Other answers are none of its business`() {
        #expect(view.render(["ticket": "INC-1", "missing": []]) == nil)
        #expect(view.render(["ticket": ["key": "INC-1"]]) == nil)
        #expect(view.render(["items": []]) == nil)
    }
}
