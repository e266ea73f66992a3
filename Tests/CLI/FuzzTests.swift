import OpsJSONRPC
import Testing

@testable import opsloop

@Suite("Anything that may come")
struct FuzzTests {
    /// The same numbers in every run.
    private struct Dice {
        var state: UInt64

        mutating func roll(_ sides: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % sides
        }

        mutating func pick<T>(_ choices: [T]) -> T {
            choices[roll(choices.count)]
        }
    }

    private static let tokens = [
        "check", "create", "list", "get", "backup", "plan", "audit", "status", "metric", "plot",
        "call", "help", "--name", "--name=", "--type", "http", "--interval", "10s", "-1h", "--",
        "-",
        "---", "-o", "-ojson", "json", "--labels", "a=b", "=", "--no-enabled", "--status", "1,2",
        "--watch", "5", "--timeout", "x", "--:=", "--state:=null", "--filter:={", "@f", "", "ä",
        "\0",
        "--password", "--socket", "-h", "--help", "--fields", "a,b", "--all=maybe", "-q",
        "--version",
    ]

    @Test func `any words are understood or refused with a reason`() throws {
        let parser = try Fixture.parser(files: ["f": "1", "-": "{}"])
        var dice = Dice(state: 1)
        for _ in 0..<1000 {
            let words = (0..<dice.roll(8)).map { _ in dice.pick(Self.tokens) }
            do {
                _ = parser.settingsOnly(words)
                _ = try parser.parse(words)
            } catch let failure as Failure {
                #expect(failure.exit == .usage, "\(words)")
                #expect(!failure.message.isEmpty)
            }
        }
    }

    @Test func `any half-typed line can be completed`() throws {
        let completer = Completer(interface: try Fixture.interface()) { _, _ in ["items": [1, [:]]]
        }
        var dice = Dice(state: 2)
        for _ in 0..<1000 {
            _ = completer.candidates((0..<dice.roll(8)).map { _ in dice.pick(Self.tokens) })
        }
    }

    private static let keys = [
        "ref", "name", "state", "at", "last_check_at", "interval_ms", "rss_bytes", "cpu_ratio",
        "labels", "items", "next_cursor", "output", "", "a.b", "state_type", "attempt", "points",
        "started_at", "uptime_ms", "type", "paused",
    ]
    private static let scalars: [JSON] = [
        nil, true, "", "critical", "soft", "2026-11-21T00:00:00Z", "9999-12-31T23:59:59Z",
        "\u{1B}[2J",
        "a\nb", 0, -1, 1e300, 9_223_372_036_854_775_807, .number(JSON.Number(Int.min)),
    ]

    private func value(_ dice: inout Dice, depth: Int = 0) -> JSON {
        switch depth > 3 ? 0 : dice.roll(4) {
        case 1: .array((0..<dice.roll(4)).map { _ in value(&dice, depth: depth + 1) })
        case 2, 3:
            .object(
                JSON.Object(
                    (0..<dice.roll(7)).map { _ in
                        (dice.pick(Self.keys), value(&dice, depth: depth + 1))
                    }))
        default: dice.pick(Self.scalars)
        }
    }

    @Test func `any answer can be printed`() throws {
        var dice = Dice(state: 3)
        let commands = [try Fixture.command("check list"), try Fixture.command("check run")]
        for _ in 0..<1000 {
            let answer = value(&dice)
            for format in OutputFormat.allCases + [nil] {
                var settings = Settings()
                settings.output = format
                settings.fields = dice.pick([[], ["name", "labels.a"]])
                var text = ""
                let stream = Stream(
                    isTerminal: true, palette: Palette(isOn: false),
                    width: dice.pick([nil, 1, 40]),
                    write: { text += $0 })
                let printer = Printer(
                    settings: settings, now: Fixture.now, glyphs: Glyphs(isASCII: false),
                    out: stream, err: stream)
                printer.print(answer, of: dice.pick(commands), params: [:])
                #expect(!text.unicodeScalars.contains("\u{1B}"), "\(answer)")
            }
        }
    }

    @Test func `any answers make a board and a chart`() throws {
        var dice = Dice(state: 4)
        let machine = Machine(name: "box", uptimeMs: 0, processors: 1)
        for _ in 0..<1000 {
            let checks = (0..<dice.roll(5)).map { _ in value(&dice) }
            let board = Board(
                machine: machine, info: value(&dice), checks: checks, now: Fixture.now)
            let width = dice.pick([nil, 1, 30, 200])
            _ = BoardView(
                board: board, now: Fixture.now, width: width, palette: .plain,
                glyphs: Glyphs(isASCII: dice.roll(2) == 0)
            ).render()
            _ = board.json.text
            let plot = try PlotCommand(params: [:], now: Fixture.now, width: width ?? 80)
            _ = plot.chart(["items": .array(checks)], { _ in 0 }, Glyphs(isASCII: true))
        }
    }
}
