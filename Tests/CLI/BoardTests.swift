import OpsJSONRPC
import Testing

@testable import opsloop

@Suite("The status board")
struct BoardTests {
    private static func check(
        _ name: String, _ type: String, _ state: String, minutes: Int = 3, soft: Bool = false,
        output: String = "", paused: Bool = false
    ) -> JSON {
        let since = Instant(milliseconds: Fixture.now.milliseconds - Int64(minutes) * 60_000)
        return [
            "ref": "check:1", "name": .string(name), "type": .string(type),
            "state": .string(state), "state_type": soft ? "soft" : "hard", "attempt": 1,
            "max_attempts": 3, "output": .string(output), "paused": .bool(paused),
            "last_state_change_at": .string(since.description),
            "last_hard_state_change_at": .string(since.description),
        ]
    }

    private func board(_ checks: [JSON]) -> Board {
        Board(
            machine: Machine(name: "box", uptimeMs: 273_600_000, processors: 2),
            info: ["version": "0.1.0", "started_at": "2026-11-21T09:55:00.000Z"],
            checks: checks, now: Fixture.now)
    }

    private func render(
        _ board: Board, width: Int? = 80, palette: Palette = .plain, ascii: Bool = false
    ) -> String {
        BoardView(
            board: board, now: Fixture.now, width: width, palette: palette,
            glyphs: Glyphs(isASCII: ascii)
        ).render()
    }

    private var troubled: Board {
        var board = board([
            Self.check("api", "http", "ok"),
            Self.check("disk", "exec", "warning", minutes: 121, output: "/ is 91% full"),
            Self.check(
                "web", "http", "critical",
                output: "connection refused by 127.0.0.1:8080 while fetching http://127.0.0.1:8080/"
            ),
            Self.check("ssh", "tcp", "critical", minutes: 0, soft: true, output: "timed out"),
            Self.check("cron", "heartbeat", "pending"),
            Self.check("old", "http", "critical", paused: true),
        ])
        board.gauges = [
            Gauge(name: "cpu", ratio: 0.42, value: "42%", history: [0.1, 0.5, nil, 1]),
            Gauge(
                name: "/", ratio: 0.91, value: "91%", detail: "91 GiB of 100 GiB", history: [0.9]),
        ]
        board.changes = [
            Board.Change(
                at: Instant(milliseconds: Fixture.now.milliseconds - 180_000), name: "web",
                from: "ok", to: "critical", output: "connection refused")
        ]
        return board
    }

    @Test func `the board says the worst first`() {
        #expect(
            render(troubled) == """
                1 CRITICAL, 1 WARNING  6 checks, 1 being rechecked, 1 pending, 1 paused
                box up 3d 4h · opsloopd 0.1.0 up 2h 5m

                  CRITICAL      web   3m ago     connection refused by 127.0.0.1:8080 while fet…
                  WARNING       disk  2h 1m ago  / is 91% full
                  critical 1/3  ssh   now        timed out

                  exec 1 warning · heartbeat 1 pending · http 1 critical, 1 ok · tcp 1 critical

                  cpu  ████░░░░░░  42%  ▂▅ █
                  /    █████████░  91%  ▇  91 GiB of 100 GiB

                Last changes
                  3m ago  web  ok → critical  connection refused

                """)
    }

    @Test func `the board fits a narrow terminal without a word of Unicode`() {
        let text = render(troubled, width: 40, ascii: true)
        #expect(text.utf8.allSatisfy { $0 < 0x80 })
        let lines = text.split(separator: "\n").dropFirst().map(String.init)
        #expect(lines.allSatisfy { $0.columns <= 50 })
    }

    @Test func `all is well`() {
        let board = board([Self.check("web", "http", "ok"), Self.check("api", "http", "ok")])
        #expect(
            render(board) == """
                ALL OK  2 checks                          box up 3d 4h · opsloopd 0.1.0 up 2h 5m

                  http 2 ok

                """)
        #expect(!board.hasHardProblem)
    }

    @Test func `a soft problem does not spoil the verdict, but is seen`() {
        let board = board([
            Self.check("web", "http", "ok"), Self.check("ssh", "tcp", "critical", soft: true),
        ])
        #expect(board.verdict == "ALL OK")
        #expect(board.remarks == "2 checks, 1 being rechecked")
        #expect(!board.hasHardProblem)
    }

    @Test func `without checks the board says how to make one`() {
        #expect(board([]).verdict == "NO CHECKS")
        #expect(render(board([])).contains("opsloop check create"))
        #expect(board([Self.check("a", "http", "pending")]).verdict == "NO RESULTS YET")
    }

    @Test func `the verdict is coloured by the worst state`() {
        let text = render(troubled, palette: Palette(isOn: true))
        #expect(text.hasPrefix("\u{1B}[1;31m1 CRITICAL, 1 WARNING\u{1B}[0m  6 checks"))
    }

    @Test func `the board is also JSON`() {
        let json = troubled.json
        #expect(json["verdict"] == "1 CRITICAL, 1 WARNING")
        #expect(json["state"] == "critical")
        #expect(json["problems"]?[0]?["name"] == "web")
        #expect(json["problems"]?[2]?["state_type"] == "soft")
        #expect(json["types"]?[0] == ["type": "exec", "warning": 1])
    }

    // MARK: - Gauges

    private func series(_ labels: [String: String], _ values: Double...) -> MetricSeries {
        let start = Fixture.now.milliseconds - HostGauges.spanMs
        return MetricSeries(
            labels: labels,
            points: values.enumerated().map {
                MetricSeries.Point(at: start + Int64($0.offset) * 150_000, value: $0.element)
            })
    }

    private let gauges = HostGauges(now: Fixture.now, processors: 2)

    @Test func `the processor is busy when it is neither idle nor waiting`() {
        let found = gauges.gauges(
            cpu: [
                series(["mode": "idle"], 0.5, 0.6), series(["mode": "iowait"], 0.1, 0.2),
                series(["mode": "user"], 0.4, 0.2),
            ], memory: [], disk: [], load: [])
        #expect(found.map(\.name) == ["cpu"])
        #expect(found.first?.value == "20%")
    }

    @Test func `without an idle figure the busy ones are added`() {
        let found = gauges.gauges(
            cpu: [series(["mode": "user"], 0.25), series(["mode": "system"], 0.5)], memory: [],
            disk: [], load: [])
        #expect(found.first?.value == "75%")
    }

    @Test func `memory, disks and load become gauges, the fullest disks first`() {
        func disk(_ mount: String, _ free: Double) -> [MetricSeries] {
            [
                series(["mount": mount, "kind": "total"], 100),
                series(["mount": mount, "kind": "available"], free),
            ]
        }
        let found = gauges.gauges(
            cpu: [],
            memory: [series(["kind": "total"], 4096), series(["kind": "used"], 1024)],
            disk: disk("/", 50) + disk("/a", 10) + disk("/b", 90) + disk("/c", 20),
            load: [series([:], 0.5)])
        #expect(found.map(\.name) == ["memory", "load", "/a", "/c", "/"])
        #expect(found.map(\.value) == ["25%", "0.50", "90%", "80%", "50%"])
        #expect(found[0].detail == "1 KiB of 4 KiB")
        #expect(found[1].ratio == 0.25)
    }

    @Test func `gauges beyond all measure stay inside their bars`() {
        let glyphs = Glyphs(isASCII: true)
        #expect(glyphs.bar(1e300, width: 4) == "####")
        #expect(glyphs.bar(-1e300, width: 4) == "----")
        #expect(glyphs.sparkline([1e300, -1e300], low: 0, high: 1) == "#_")
    }

    @Test func `a metric without a total is left out`() {
        let found = gauges.gauges(
            cpu: [], memory: [series(["kind": "free"], 1)], disk: [], load: [])
        #expect(found.isEmpty)
    }

    // MARK: - Loading

    /// Answers from a table of methods.
    private struct Answers: Daemon {
        var answers: [String: JSON]

        func answers(_ calls: [(method: String, params: JSON.Object)]) throws
            -> [Result<JSON, Failure>]
        {
            calls.map { call in
                if let answer = answers[call.method] { return .success(answer) }
                return .failure(Failure(.methodNotFound(call.method)))
            }
        }
    }

    @Test func `a daemon without monitoring, metrics and events still gets a board`() throws {
        let daemon = Answers(answers: ["system.info": ["version": "0.1.0"]])
        let machine = Machine(name: "box", uptimeMs: 0, processors: 1)
        let board = try BoardLoader(daemon: daemon, now: Fixture.now, machine: machine)
            .load(changes: 5)
        #expect(board.verdict == "NO CHECKS")
        #expect(board.gauges.isEmpty && board.changes.isEmpty)
    }

    @Test func `the last changes are the newest events`() throws {
        let event: JSON = [
            "at": "2026-11-21T11:59:00.000Z", "ref": "check:1",
            "data": ["name": "web", "previous_state": "ok", "state": "critical", "output": "x"],
        ]
        let older: JSON = ["at": "2026-11-21T11:00:00.000Z", "data": ["state": "ok"]]
        let daemon = Answers(answers: [
            "system.info": ["hostname": "db1"], "check.list": ["items": []],
            "event.read": ["items": [older, event]],
        ])
        let machine = Machine(name: "box", uptimeMs: 0, processors: 1)
        let board = try BoardLoader(daemon: daemon, now: Fixture.now, machine: machine)
            .load(changes: 1)
        #expect(board.changes.map(\.to) == ["critical"])
        #expect(board.machine.name == "db1")
    }
}
