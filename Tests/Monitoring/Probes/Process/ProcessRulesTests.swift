import OpsCore
import Testing

@testable import OpsMonitoring

@Suite struct ProcessRulesTests {
    private func entry(
        _ id: Int32, _ name: String = "nginx", state: String = "S", ticks: Int = 10, start: Int = 0
    ) -> ProcessEntry? {
        ProcessEntry(
            parsing: "\(id) (\(name)) \(state) 1 \(id) \(id) 0 -1 4194304 101 0 0 0 \(ticks) 5 0 0 "
                + "20 0 4 0 \(start) 3133440 360 18446744073709551615 1 1 0")
    }

    @Test func `a line of the kernel's is read, whatever the process calls itself`() throws {
        let plain = try #require(entry(42))
        #expect(plain.id == 42)
        #expect(plain.ticks == 15)
        #expect(plain.threads == 4)
        #expect(plain.pages == 360)
        #expect(!plain.isZombie)
        #expect(entry(7, "a) S 1 (b")?.name == "a) S 1 (b")
        #expect(entry(7, "", state: "Z")?.isZombie == true)
        for text in ["", "1 (", "1 )(", "x (a) S", "1 (a) S 1 2 3"] {
            #expect(ProcessEntry(parsing: text) == nil, "\(text)")
        }
    }

    @Test func `a process is called by its name, its program and its path`() throws {
        var process = try #require(entry(1, "kernel-name"))
        process.commandLine = "/usr/sbin/nginx -g daemon"
        for name in ["kernel-name", "nginx", "/usr/sbin/nginx"] {
            #expect(ProcessSelection(name: name).fits(process))
        }
        for name in ["ngin", "-g", "sbin/nginx"] {
            #expect(!ProcessSelection(name: name).fits(process))
        }
    }

    @Test func `zombies do not count as processes`() throws {
        let rules = ProcessRules(name: "nginx", limits: ProcessLimits(count: 2...Int.max))
        let processes = [entry(1), entry(2, state: "Z")].compactMap(\.self)
        let result = rules.judge(
            ProcessSnapshot(processes: processes, uptimeSeconds: 60), cpuPercent: nil, seconds: 0)
        #expect(result.state == .critical)
        #expect(result.output.hasSuffix(": expected 2 at least, 1 zombie not counted"))
        #expect(result.measurements.prefix(2).map(\.value) == [1, 1])
    }

    @Test func `a share is counted by process, and a number that is used again begins anew`() {
        let first = [entry(1, ticks: 100), entry(2, ticks: 500)].compactMap(\.self)
        let second = [entry(1, ticks: 150), entry(2, ticks: 20, start: 9)].compactMap(\.self)
        let share = ProcessTimes(second, at: .seconds(11)).percent(
            since: ProcessTimes(first, at: .seconds(10)))
        // 50 of the first, and 25 that the second has spent since it was started.
        #expect(share == 75)
        #expect(
            ProcessTimes(second, at: .zero).percent(since: ProcessTimes(first, at: .zero)) == nil)
    }
}
