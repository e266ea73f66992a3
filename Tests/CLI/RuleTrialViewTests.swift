import OpsJSONRPC
import Testing

@testable import opsloop

@Suite struct RuleTrialViewTests {
    private let view = RuleTrialView(palette: .plain, width: nil, now: Fixture.now)

    @Test func `A rule that fired and recovered says so`() {
        let text = view.render([
            "items": [
                ["labels": ["host": "a"], "state": "ok", "severity": "warning", "value": 3]
            ],
            "transitions": [
                [
                    "at": "2026-11-21T11:50:00.000Z", "labels": ["host": "a"],
                    "previous_state": "ok", "state": "firing", "value": 12,
                ],
                [
                    "at": "2026-11-21T11:55:00.000Z", "labels": ["host": "a"],
                    "previous_state": "firing", "state": "ok", "value": 3,
                ],
            ],
            "evaluations": 61,
        ])
        #expect(
            text == """
                evaluated 61 times

                alerts
                LABELS  STATE  VALUE  FIRING SINCE
                host=a  ok         3  -

                changes
                AT       LABELS  PREVIOUS STATE  STATE   VALUE
                10m ago  host=a  ok              firing     12
                5m ago   host=a  firing          ok          3

                """)
    }

    @Test func `What saw nothing says so, and what is no trial is shown otherwise`() {
        let text = view.render(["items": [], "transitions": [], "evaluations": 1])
        #expect(text == "evaluated once\n")
        #expect(view.render(["items": []]) == nil)
    }
}
