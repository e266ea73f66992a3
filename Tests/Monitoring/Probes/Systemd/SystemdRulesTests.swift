import OpsCore
import OpsJSONRPC
import Testing

@testable import OpsMonitoring

@Suite struct SystemdRulesTests {
    private func judge(
        _ text: String, _ patterns: [String] = [], expected: UnitState = .active,
        ignored: [String] = [], restarts: [String: Int]? = nil, limits: Limits = Limits()
    ) -> CheckResult {
        SystemdRules(patterns: patterns, expected: expected, ignored: ignored, restarts: limits)
            .judge(SystemdUnit.parse(text), restarts: restarts, seconds: 0)
    }

    @Test func `the output of systemctl is read block by block`() {
        let units = SystemdUnit.parse(SystemdSamples.named)
        #expect(
            units.map(\.name) == [
                "good.service", "bad.service", "nonsense.service", "loop.service",
            ])
        #expect(units.map(\.active) == ["active", "failed", "inactive", "activating"])
        #expect(units.map(\.restarts) == [0, 0, 0, 3])
        #expect(units.map(\.isRestarting) == [false, false, false, true])
        #expect(SystemdUnit.parse(SystemdSamples.mixed).map(\.restarts) == [nil, nil, 0, nil])
        #expect(SystemdUnit.parse("").isEmpty)
        #expect(SystemdUnit.parse("garbage\n\nId=\n\n=x\n\nActiveState=failed").isEmpty)
    }

    @Test func `of all units, failed ones are critical and restarting ones a warning`() {
        let result = judge(SystemdSamples.named)
        #expect(result.state == .critical)
        #expect(
            result.output == "4 units: bad.service has failed (exit-code); "
                + "loop.service is restarting (exit-code)")
        #expect(
            result.measurements.map { "\($0.label) \($0.value ?? -1)" }
                == ["units 4.0", "units_failed 1.0", "units_restarting 1.0"])
        #expect(judge(SystemdSamples.mixed).state == .ok)
        #expect(
            judge(SystemdSamples.named, ignored: ["bad*"]).state == .warning)
    }

    @Test func `named units must be there and active`() {
        let names = ["good.service", "nonsense.service", "zzz*"]
        let text = SystemdSamples.named
        #expect(
            judge(text, names, ignored: ["bad.service", "loop.service"]).output
                .hasSuffix(": no unit is called zzz*; nonsense.service is not there"))
        let dead = judge(
            SystemdSamples.mixed, ["systemd-timesyncd"], ignored: ["*.mount", "-.slice"])
        #expect(
            dead.output == "systemd-timesyncd.service is inactive (dead): "
                + "systemd-timesyncd.service is inactive (dead), not active")
        let wanted = judge(
            SystemdSamples.mixed, ["systemd-timesyncd.service"], expected: .inactive,
            ignored: ["*.mount", "-.slice"])
        #expect(wanted.state == .ok)
        #expect(judge(SystemdSamples.mixed, ["*"], expected: .any).state == .ok)
    }

    @Test func `many problems are counted, and listed below`() {
        let text = (1...5).map { "Id=u\($0).service\nActiveState=failed\nResult=timeout" }
            .joined(separator: "\n\n")
        let result = judge(text)
        #expect(result.output.hasSuffix("; u3.service has failed (timeout); and 2 more problems"))
        #expect(result.longOutput.split(separator: "\n").count == 5)
    }

    @Test func `restarts count from one look to the next`() {
        let increase = SystemdRules.increase(
            from: ["a": 3, "b": 5], to: ["a": 5, "b": 1, "new": 7])
        #expect(increase == ["a": 2, "b": 1, "new": 0])
        let result = judge(
            SystemdSamples.mixed, restarts: ["systemd-timesyncd.service": 2],
            limits: Limits(warning: 2, critical: 3))
        #expect(result.state == .warning)
        #expect(result.output.hasSuffix(": systemd-timesyncd.service was restarted 2 times"))
        #expect(result.measurements.last?.value == 2)
    }

    @Test func `what is no unit's name is refused by its place`() {
        var check = SystemdCheck()
        check.units = ["nginx.service", "", "a b"]
        check.ignoreUnits = ["/etc"]
        check.restartsWarning = 3
        check.restartsCritical = 2
        let error = #expect(throws: RPCError.self) { try check.validate() }
        #expect(
            error?.fields.map(\.path) == [
                "units[1]", "units[2]", "ignore_units[0]", "restarts_warning",
            ])
    }
}
