import Glibc
import OpsCore
import OpsJSONRPC
import Testing

@testable import OpsMonitoring

@Suite struct ExecProbeTests {
    private func run(
        _ command: [String], environment: [String: String] = [:], timeout: Duration = .seconds(20)
    ) async throws -> CheckResult {
        try await withProbeTools { tools in
            var check = ExecCheck()
            check.command = command
            check.environment = environment
            try check.validate()
            return await check.makeProbe(tools).run(timeout: timeout)
        }
    }

    private func run(script: String, timeout: Duration = .seconds(20)) async throws -> CheckResult {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        return try await run([try folder.script(script)], timeout: timeout)
    }

    @Test func `a plugin's state, words and performance data come through`() async throws {
        let result = try await run(
            script: """
                echo 'WARNING - it is warm | temp=41C;40;50'
                echo 'sensor 1 of 2 | fan=900;800:'
                echo 'power=2kW'
                exit 1
                """)
        #expect(result.state == .warning)
        #expect(result.output == "WARNING - it is warm")
        #expect(result.longOutput == "sensor 1 of 2")
        #expect(result.measurements.map(\.label) == ["temp", "fan", "power"])
        #expect(result.measurements.last?.value == 2000)
        #expect(result.duration > .zero)
    }

    @Test func `a program that is not there is unknown`() async throws {
        let result = try await run(["/nowhere/check_nothing"])
        #expect(result.state == .unknown)
        #expect(result.output.hasPrefix("Cannot start: "))
    }

    @Test func `a program that a signal kills is unknown`() async throws {
        let result = try await run(script: "echo half; kill -SEGV $$")
        #expect(result.state == .unknown)
        #expect(result.output == "Killed by signal 11 (Segmentation fault): half")
    }

    @Test func `a program that hangs is killed in time`() async throws {
        let clock = ContinuousClock()
        let start = clock.now
        let result = try await run(
            script: "trap '' TERM; echo waiting; cat /dev/zero >/dev/null",
            timeout: .milliseconds(600))
        #expect(result.state == .unknown)
        #expect(result.output == "Timeout after 600 ms, killed: waiting")
        #expect(clock.now - start < .seconds(20))
    }

    @Test func `a program that leaves a child behind is not waited for`() async throws {
        let result = try await run(script: "tail -f /dev/null & echo 'OK | a=1'; exit 0")
        #expect(result.state == .ok)
        #expect(result.output == "OK")
    }

    @Test func `a program that floods is cut, and its exit code counts`() async throws {
        let result = try await run(script: "head -c 5000000 /dev/zero | tr '\\0' x; exit 2")
        #expect(result.state == .critical)
        #expect(result.output.count == PluginOutput.maxLine)
        #expect(result.longOutput == "(the output was too long and is cut)")
    }

    @Test func `the environment is small, and numbers have points in it`() async throws {
        setenv("OPSLOOP_PROBE_SECRET", "x", 1)
        let result = try await run(["env"], environment: ["TOKEN": "t", "TZ": "UTC"])
        let lines = (result.output + "\n" + result.longOutput).split(separator: "\n")
        #expect(lines.contains("LC_NUMERIC=C"))
        #expect(lines.contains("TOKEN=t"))
        #expect(lines.contains("TZ=UTC"))
        #expect(!lines.contains { $0.hasPrefix("OPSLOOP_PROBE_SECRET") || $0.hasPrefix("LC_ALL") })
    }

    @Test func `members that cannot work are refused`() throws {
        var check = ExecCheck()
        check.command = ["", "x"]
        check.directory = "here"
        check.environment = ["A=B": "c"]
        let error = #expect(throws: RPCError.self) { try check.validate() }
        #expect(error?.fields.map(\.path) == ["command", "directory", "environment.A=B"])
    }

    private static let checkLoad = "/usr/lib/nagios/plugins/check_load"

    @Test(.enabled(if: access(checkLoad, X_OK) == 0, "monitoring-plugins are not installed"))
    func `check_load of monitoring-plugins is understood`() async throws {
        let result = try await run([Self.checkLoad, "-w", "900,900,900", "-c", "999,999,999"])
        #expect(result.state == .ok)
        #expect(result.measurements.map(\.label).starts(with: ["load1", "load5", "load15"]))
        #expect(result.measurements[0].critical == NagiosRange(end: 999))
    }

    private static let checkDummy = "/usr/lib/nagios/plugins/check_dummy"

    @Test(
        .enabled(if: access(checkDummy, X_OK) == 0, "monitoring-plugins are not installed"),
        arguments: [("0", CheckState.ok), ("1", .warning), ("2", .critical), ("3", .unknown)])
    func `check_dummy of monitoring-plugins is understood`(
        code: String, state: CheckState
    ) async throws {
        let result = try await run([Self.checkDummy, code, "said so | 'a b'=1s;2;3"])
        #expect(result.state == state)
        #expect(result.output.hasSuffix("said so"))
        #expect(result.measurements.map(\.label) == ["a b"])
    }
}
