import OpsJSONRPC
import Testing

@testable import opsloop

@Suite struct TrialViewTests {
    private let view = TrialView(
        palette: .plain, glyphs: Glyphs(isASCII: true), width: 80, now: Fixture.now)

    @Test func `a trial is shown with a bar for each phase where it was`() {
        let text = view.render([
            "type": "http", "state": "ok", "output": "HTTP 200, 5 bytes in 16 ms",
            "duration_ms": 16.0,
            "phases": [
                ["name": "dns", "duration_ms": 2], ["name": "connect", "duration_ms": 2.0],
                ["name": "send", "duration_ms": 0], ["name": "first_byte", "duration_ms": 8],
                ["name": "receive", "duration_ms": 4],
            ],
            "measurements": [
                ["label": "time_total", "value": 0.016, "unit": "s", "warning": "~:1"],
                ["label": "http_status", "value": 200],
            ],
            "metrics": [], "metric_count": 0,
        ])
        #expect(
            text == """
                OK  HTTP 200, 5 bytes in 16 ms

                  dns          2ms  ######
                  connect      2ms        ######
                  send          0s              -
                  first_byte   8ms              ########################
                  receive      4ms                                      ############
                  total       16ms

                LABEL        VALUE  UNIT  WARNING
                time_total   0.016  s     ~:1
                http_status    200  -     -

                """)
    }

    @Test func `of many metrics the first are shown, and how many more there are`() throws {
        let metrics = (0..<30).map { number -> JSON in
            ["name": "a", "labels": ["n": .string("\(number)")], "value": .number(.init(number))]
        }
        let text = try #require(
            view.render([
                "state": "critical", "output": "bad\u{1B}[2J", "long_output": "one\ntwo",
                "duration_ms": 1, "phases": [["name": "run", "duration_ms": 1]],
                "measurements": [], "metrics": .array(metrics), "metric_count": 500,
            ]))
        #expect(text.hasPrefix("CRITICAL  bad [2J\n  one\n  two\n\n  run    1ms  ####"))
        #expect(text.hasSuffix("a     n=19       19\nand 480 more metrics: see --json\n"))
        #expect(text.split(separator: "\n").count { $0.hasPrefix("a ") } == 20)
    }

    @Test func `other answers are none of its business`() {
        #expect(view.render(["state": "ok", "duration_ms": 1]) == nil)
        #expect(view.render(["state": "ok", "duration_ms": 1, "phases": [1]]) == nil)
        #expect(view.render(["ref": "check:1"]) == nil)
    }
}
