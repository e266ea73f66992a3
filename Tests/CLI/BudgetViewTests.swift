import OpsJSONRPC
import Testing

@testable import opsloop

@Suite struct BudgetViewTests {
    private let view = BudgetView(palette: .plain, glyphs: Glyphs(isASCII: true))

    private func item(_ name: String, _ state: String, left: Double?, _ rate: Double?) -> JSON {
        let alert: JSON = [
            "window": "1h", "severity": "page", "factor": 14.4,
            "long_burn_rate": rate.map { .number(JSON.Number($0)) } ?? .null,
            "firing": .bool(state == "paging"),
        ]
        return [
            "name": .string(name), "state": .string(state), "objective": 99.9,
            "budget_minutes": 43.2,
            "budget_left_percent": left.map { .number(JSON.Number($0)) } ?? .null,
            "budget_left_minutes": left.map { .number(JSON.Number($0 * 0.432)) } ?? .null,
            "alerts": [alert],
        ]
    }

    @Test func `Each budget has a line with what is left and how fast it burns`() {
        let text = view.render([
            item("shop", "paging", left: -20, 16.04), item("mail", "ok", left: 75, 0.25),
            item("new", "unknown", left: nil, nil),
        ])
        let lines = (text ?? "").split(separator: "\n").map(String.init)
        #expect(lines.count == 4)
        #expect(lines[0].hasPrefix("NAME  STATE"))
        #expect(lines[0].hasSuffix("BURN 1H"))
        #expect(lines[1].contains("99.9%  ----------    -20%   0s of 43m"))
        #expect(lines[1].hasSuffix("16x"))
        #expect(lines[2].contains("########--     75%  32m of 43m"))
        #expect(lines[3].hasPrefix("new   unknown"))
    }

    @Test func `What fires is painted in the colour of its severity`() {
        let painted = BudgetView(palette: Palette(isOn: true), glyphs: Glyphs(isASCII: false))
            .render([item("shop", "paging", left: 10, 20)])
        #expect(painted?.contains("\u{1B}[1;31m20x") == true)
        #expect(painted?.contains("\u{1B}[33m█") == true)
    }

    @Test func `Other lists are none of its business`() {
        #expect(view.render([["name": "web"]]) == nil)
        #expect(view.render([]) == nil)
    }
}
