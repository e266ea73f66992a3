import OpsJSONRPC
import Testing

@testable import opsloop

@Suite struct RiskViewTests {
    private let view = RiskView(
        palette: .plain, width: nil, now: Fixture.now, columns: ["fact", "points", "reason"])

    @Test func `A risk stands with what makes it and with the facts`() {
        let text = view.render([
            "change": "CHG-2", "risk": "high",
            "facts": [
                "items": 1, "changes": 4, "failed": 1, "conflicts": 1, "freezes": 1,
                "outage": true, "has_backout_plan": true, "has_test_plan": false,
            ],
            "points": [
                ["fact": "freezes", "points": 2, "reason": "its window lies in a freeze"],
                ["fact": "outage", "points": 1, "reason": "something stands still"],
            ],
            "conflicts": [
                [
                    "kind": "freeze", "ref": "freeze:1", "name": "holidays", "title": "All buy.",
                    "from": "2026-11-21T00:00:00.000Z", "to": "2026-11-22T00:00:00.000Z",
                    "items": ["ci:1"],
                ]
            ],
            "gaps": ["what stands on ci:1 is not known"],
        ])
        #expect(
            text == """
                CHG-2  risk high

                points
                  FACT     POINTS  REASON
                  freezes       2  its window lies in a freeze
                  outage        1  something stands still

                facts
                  items             1
                  changes           4
                  failed            1
                  conflicts         1
                  freezes           1
                  outage            yes
                  has backout plan  yes
                  has test plan     no

                conflicts
                  KIND    NAME      TITLE     FROM                      TO
                  freeze  holidays  All buy.  2026-11-21T00:00:00.000Z  2026-11-22T00:00:00.000Z

                unknown
                  what stands on ci:1 is not known

                """)
    }

    @Test func `A change of which nothing counts has facts alone`() {
        #expect(
            view.render([
                "change": "CHG-3", "risk": "low", "facts": ["items": 0], "points": [],
                "conflicts": [], "gaps": [],
            ]) == "CHG-3  risk low\n\nfacts\n  items  0\n")
    }

    @Test func `Other answers are none of its business`() {
        #expect(view.render(["change": "CHG-1", "state": "new"]) == nil)
        #expect(view.render(["ref": "check:1"]) == nil)
    }
}
