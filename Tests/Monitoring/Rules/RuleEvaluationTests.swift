import OpsJSONRPC
import Testing

@testable import OpsCore
@testable import OpsMonitoring

struct RuleEvaluationTests {
    private static let moment = Moment(now: Instant(milliseconds: 0), uptime: .zero)

    private static func states(
        _ known: [Labels: AlertStatus], _ readings: [Labels: Double], _ rule: RuleDefinition
    ) throws -> [String: String] {
        var states: [String: String] = [:]
        let after = try RuleEvaluation.step(known, readings, at: moment, by: rule)
        for (labels, status) in after {
            states[labels.pairs.map(\.value).joined(separator: "/")] = status.state.rawValue
        }
        return states
    }

    @Test func `Each set of labels has an alert, and who is well is forgotten`() throws {
        let rule = AlertRulesTests.rule()
        #expect(
            try Self.states([:], [["a": "1"]: 11, ["a": "2"]: 9, ["a": "3"]: 12], rule)
                == ["1": "firing", "3": "firing"])
    }

    @Test func `A rule that minds what is missing remembers who was well`() throws {
        let rule = AlertRulesTests.rule { $0.onMissing = .firing }
        let first = try RuleEvaluation.step([:], [["a": "1"]: 1], at: Self.moment, by: rule)
        #expect(first[["a": "1"]]?.state == .ok)
        #expect(try Self.states(first, [:], rule) == ["1": "firing"])
    }

    @Test func `Figures that were never there have somebody who stands for them`() throws {
        let rule = AlertRulesTests.rule { $0.onMissing = .unknown }
        let first = try RuleEvaluation.step([:], [:], at: Self.moment, by: rule)
        #expect(first[Labels()]?.state == .unknown)
        #expect(try Self.states(first, [["a": "1"]: 1], rule) == ["": "ok", "1": "ok"])
        #expect(try Self.states([:], [:], AlertRulesTests.rule()).isEmpty)
    }

    @Test func `Figures are joined by labels`() {
        let figures: [Labels: Double] = [
            ["site": "ulm", "host": "a"]: 1, ["site": "ulm", "host": "b"]: 3,
            ["site": "bonn", "host": "c"]: 5, ["host": "d"]: 7, ["site": "ulm", "host": "e"]: .nan,
        ]
        func joined(_ joint: RuleDefinition.Joint, by names: [String]) -> [Labels: Double] {
            RuleMath.joined(figures, joint, by: names)
        }
        #expect(joined(.sum, by: ["site"]) == [["site": "ulm"]: 4, ["site": "bonn"]: 5, [:]: 7])
        #expect(joined(.avg, by: []) == [[:]: 4])
        #expect(joined(.max, by: ["site"])[["site": "ulm"]] == 3)
        #expect(joined(.min, by: [])[[:]] == 1)
        #expect(joined(.count, by: ["nothing"]) == [[:]: 4])
    }

    @Test func `Two figures are combined where both have the labels`() {
        let left: [Labels: Double] = [["a": "1"]: 6, ["a": "2"]: 1, ["a": "3"]: 0]
        let right: [Labels: Double] = [["a": "1"]: 3, ["a": "3"]: 0, ["a": "4"]: 1]
        let ratio = RuleMath.combined(left, right, .ratio)
        #expect(ratio[["a": "1"]] == 2)
        // Nothing of nothing is no figure.
        #expect(ratio[["a": "3"]]?.isNaN == true)
        #expect(ratio.count == 2)
        #expect(RuleMath.combined(left, right, .difference)[["a": "1"]] == 3)
    }

    @Test(arguments: [
        ("plain", "plain"), ("{{ value }}", "1536"), ("{{value|humanize}}", "1.54k"),
        ("{{ value | bytes }} of {{ threshold }}", "1.5 KiB of 0.9"),
        ("{{ threshold | percent }}", "90 %"), ("{{ value | duration }}", "25m 36s"),
        ("{{ labels.site }}/{{ labels.none }}!", "ulm/!"),
        ("{{ rule }} {{ severity }} {{ state }}", "disk critical firing"), ("{ {x} }", "{ {x} }"),
    ])
    func `A template is filled in`(text: String, result: String) throws {
        let values = AnnotationTemplate.Values(
            value: 1536, threshold: 0.9, rule: "disk", severity: "critical", state: "firing",
            labels: ["site": "ulm"])
        #expect(try AnnotationTemplate(text).filled(with: values) == result)
    }

    @Test(arguments: [
        "{{ value", "{{ }}", "{{ nothing }}", "{{ value | shout }}", "{{ rule | percent }}",
        "{{ labels. }}", "{{ value | bytes | bytes }}",
    ])
    func `A template that cannot be is refused`(text: String) {
        #expect(throws: AnnotationError.self) { try AnnotationTemplate(text) }
    }

    @Test(arguments: [Double.nan, .infinity, -.infinity, 1e300, -0.0])
    func `Any number can be shown`(value: Double) throws {
        for function in ["plain", "humanize", "bytes", "percent", "duration"] {
            let values = AnnotationTemplate.Values(
                value: value, threshold: 0, rule: "", severity: "", state: "", labels: [:])
            let text = try AnnotationTemplate("{{ value | \(function) }}").filled(with: values)
            #expect(!text.isEmpty)
        }
    }
}
