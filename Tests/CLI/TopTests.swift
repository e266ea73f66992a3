import OpsJSONRPC
import Testing

@testable import opsloop

@Suite("Top")
struct TopTests {
    private let list: JSON = [
        "items": [
            [
                "name": "db", "state": "critical", "state_type": "hard", "attempt": 3,
                "max_attempts": 3, "last_state_change_at": "2026-11-21T11:00:00Z",
                "last_check_at": "2026-11-21T11:59:55Z", "duration_ms": 1.25,
                "output": "connection refused",
            ],
            [
                "name": "web", "state": "warning", "state_type": "soft", "attempt": 2,
                "max_attempts": 5, "last_state_change_at": "2026-11-21T11:59:40Z",
                "last_check_at": "2026-11-21T11:59:50Z", "duration_ms": 1532,
                "output": "slow\u{1B}[31m",
            ],
            ["name": "new", "state": "pending", "state_type": "soft", "attempt": 1, "output": ""],
        ]
    ]
    private let stats: JSON = [
        "states": ["ok": 116, "critical": 1, "warning": 1, "pending": 1, "unknown": 0],
        "paused": 2,
    ]

    private func render(_ top: Top, width: Int? = nil) -> String {
        TopView(
            top: top, now: Fixture.now, width: width, palette: .plain,
            glyphs: Glyphs(isASCII: true)
        ).render()
    }

    @Test func `The worst check comes first, with all that matters about it`() {
        let lines = render(Top(list: list, stats: stats)).split(separator: "\n")
        #expect(lines[0].hasPrefix("119 checks"))
        #expect(lines[0].contains("1 critical") && lines[0].hasSuffix("2 paused"))
        #expect(!lines[0].contains("unknown"))
        let words = lines[2].split(separator: " ").map(String.init)
        #expect(
            words == ["critical", "db", "1h", "-", "5s", "ago", "1.3ms", "connection", "refused"])
        #expect(lines[3].contains("2/5"))
        #expect(lines[3].contains("1.53s"))
        #expect(!lines[3].contains("\u{1B}"))
    }

    @Test func `Each line fits the terminal`() {
        for line in render(Top(list: list, stats: stats), width: 60).split(separator: "\n")
            .dropFirst()
        {
            #expect(line.count <= 60)
        }
    }

    @Test func `No checks are said`() {
        let text = render(Top(list: ["items": []], stats: ["states": [:]]))
        #expect(text == "0 checks\nno checks\n")
    }

    @Test func `The filters go to the daemon, the rows within its limit`() {
        let questions = Top.questions(["label": "a=b", "rows": 7], rows: 5000)
        #expect(questions[0].params == ["sort": "worst", "limit": 1000, "label": "a=b"])
        #expect(questions[1].method == "check.stats")
    }
}
