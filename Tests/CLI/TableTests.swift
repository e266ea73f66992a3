import OpsJSONRPC
import Testing

@testable import opsloop

@Suite("Tables and records")
struct TableTests {
    private let items: [JSON] = [
        [
            "name": "web", "type": "http", "state": "critical", "state_type": "hard",
            "last_check_at": "2026-11-21T11:57:00.000Z", "interval_ms": 60000,
            "output": "connection refused by 127.0.0.1:8080 after 3 attempts",
        ],
        [
            "name": "このホスト", "type": "host", "state": "warning", "state_type": "soft",
            "attempt": 2, "max_attempts": 3, "last_check_at": nil, "interval_ms": 300_000,
            "output": "\u{1B}[31mred\u{1B}[0m",
        ],
    ]
    private let columns = ["name", "type", "state", "last_check_at", "interval_ms", "output"]

    private func table(width: Int?, palette: Palette = .plain) -> String {
        ListTable(items: items, columns: columns, text: CellText(now: Fixture.now))
            .table(width: width, palette: palette).render()
    }

    @Test func `a table tells times and durations as people do`() {
        #expect(
            table(width: nil) == """
                NAME        TYPE  STATE        LAST CHECK  INTERVAL  OUTPUT
                web         http  critical     3m ago            1m  connection refused by 127.0.0.1:8080 after 3 attempts
                このホスト  host  warning 2/3  -                 5m   [31mred [0m

                """)
    }

    @Test func `a table fits the terminal by cutting its widest column`() {
        let lines = table(width: 70).split(separator: "\n").map(String.init)
        #expect(lines.allSatisfy { $0.columns <= 70 })
        #expect(lines[1].hasSuffix("  connection refus…"))
    }

    @Test func `a narrow terminal gets a readable table`() {
        let lines = table(width: 20).split(separator: "\n").map(String.init)
        #expect(lines.allSatisfy { $0.columns <= 58 })
    }

    @Test func `states are coloured, and widths do not count the colours`() {
        let text = table(width: 70, palette: Palette(isOn: true))
        #expect(text.contains("\u{1B}[1;31mcritical\u{1B}[0m     3m ago"))
    }

    @Test func `columns are guessed where a method names none`() {
        let list = ListTable(
            items: [["ref": "a:1", "labels": [:], "created_at": "x", "size": 3]], columns: [],
            text: CellText(now: Fixture.now))
        #expect(list.table(width: nil, palette: .plain).titles == ["ref", "size"])
    }

    @Test func `a record is names and values, with lists below`() {
        let record: JSON = [
            "ref": "check:1", "labels": ["env": "prod", "team": "ops"], "interval_ms": 90000,
            "rss_bytes": 41_943_040, "paused": false, "tags": ["a", "b"],
            "last_check_at": "2026-11-21T11:57:00.000Z", "long_output": "one\ntwo",
            "plugins": [["name": "monitoring", "state": "running"]],
        ]
        let view = RecordView(
            text: CellText(now: Fixture.now, isDetailed: true), width: 80, palette: .plain)
        #expect(
            view.render(record) == """
                ref          check:1
                labels       env=prod, team=ops
                interval     1m 30s
                rss          40 MiB
                paused       no
                tags         a, b
                last check   2026-11-21 11:57:00Z  (3m ago)
                long output  one
                             two
                plugins
                  NAME        STATE
                  monitoring  running

                """)
    }

    @Test func `text is cut at its columns, not at its characters`() {
        #expect("日本語".columns == 6)
        #expect("日本語テキスト".fitted(to: 7) == "日本語…")
        #expect("abc".fitted(to: 3) == "abc")
    }
}
