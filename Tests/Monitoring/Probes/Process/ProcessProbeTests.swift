import Glibc
import OpsCore
import OpsJSONRPC
import Testing

@testable import OpsMonitoring

/// Against real processes of this machine.
@Suite struct ProcessProbeTests {
    /// Runs the test with a program of its own name that sleeps.
    private func withSleeper(
        count: Int = 1, _ body: (String, [ServerProgram], TemporaryFolder) async throws -> Void
    ) async throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let name = "opsl-sleeper-\(UInt32.random(in: 0...UInt32.max))"
        try ServerProgram.run(["cp", "/bin/sleep", "\(folder.path)/\(name)"])
        let programs = try (0..<count).map { _ in
            try ServerProgram(["\(folder.path)/\(name)", "1000"])
        }
        try await body(name, programs, folder)
        for program in programs { program.stop() }
    }

    private func run(_ change: (inout ProcessCheck) -> Void) async throws -> CheckResult {
        try await withProbeTools { tools in
            var check = ProcessCheck()
            change(&check)
            try check.validate()
            return await (try check.makeProbe(tools)).run(timeout: .seconds(20))
        }
    }

    private func value(_ label: String, _ result: CheckResult) -> Double? {
        result.measurements.first { $0.label == label }?.value
    }

    @Test func `processes are found by name, command line and user, and measured`() async throws {
        try await withSleeper(count: 2) { name, _, folder in
            let byName = try await run { $0.processName = name }
            #expect(byName.state == .ok, "\(byName.output)")
            #expect(byName.output.hasPrefix("\(name): 2 processes, "))
            #expect(value("processes", byName) == 2)
            #expect(value("threads", byName) == 2)
            #expect(value("zombies", byName) == 0)
            #expect(try #require(value("memory", byName)) > 1000)
            #expect(try #require(value("age_max", byName)) < 3600)
            #expect(value("cpu", byName) == nil)
            for change in [
                { $0.processName = "\(folder.path)/\(name)" },
                { $0.commandRegex = "\(name) 10+$" },
                {
                    $0.commandRegex = name
                    $0.user = "\(getuid())"
                },
            ] as [(inout ProcessCheck) -> Void] {
                #expect(value("processes", try await run(change)) == 2)
            }
            let other = try await run {
                $0.commandRegex = name
                $0.user = "nobody"
            }
            #expect(other.state == .critical)
            #expect(other.output == "/\(name)/: no process: expected 1 at least")
        }
    }

    @Test func `too few and too many are critical, and one that is young is a warning`()
        async throws
    {
        try await withSleeper(count: 2) { name, programs, _ in
            let many = try await run {
                $0.processName = name
                $0.maxProcesses = 1
            }
            #expect(many.state == .critical)
            #expect(many.output.hasSuffix(": expected 1 at most"))
            let young = try await run {
                $0.processName = name
                $0.minAgeMs = 3_600_000
            }
            #expect(young.state == .warning)
            #expect(young.output.contains(": one was started "))
            let greedy = try await run {
                $0.processName = name
                $0.memoryCriticalBytes = 1
                $0.threadsWarning = 2
            }
            #expect(greedy.state == .critical)
            #expect(greedy.output.hasSuffix(": more memory than 1 byte; more threads than 2"))
            for program in programs { program.stop() }
            #expect(try await run { $0.processName = name }.state == .critical)
            let absent = try await run {
                $0.processName = name
                $0.minProcesses = 0
                $0.maxProcesses = 0
            }
            #expect(absent.state == .ok)
        }
    }

    @Test func `a file with the number finds one process, and says when that is gone`()
        async throws
    {
        try await withSleeper { name, programs, folder in
            let file = try folder.write("run.pid", "\(programs[0].process)\n")
            let found = try await run {
                $0.pidFile = file
                $0.processName = name
            }
            #expect(found.state == .ok)
            programs[0].stop()
            let gone = try await run { $0.pidFile = file }
            #expect(gone.state == .critical)
            #expect(gone.output.hasSuffix(" of \(file) does not run"))
            for text in ["", "soon", "-1", "99999999999999999999"] {
                try folder.write("run.pid", text)
                let result = try await run { $0.pidFile = file }
                #expect(result.state == .critical)
                #expect(result.output.hasSuffix(": \(file) holds no process number"))
            }
            let pipe = "\(folder.path)/pipe"
            mkfifo(pipe, 0o600)
            #expect(try await run { $0.pidFile = pipe }.state == .critical)
        }
    }

    @Test func `what a process spends is known from the second run on`() async throws {
        let busy = try ServerProgram(["sh", "-c", "while :; do :; done"])
        let file = try TemporaryFolder()
        defer { file.remove() }
        let path = try file.write("busy.pid", "\(busy.process)")
        try await withProbeTools { tools in
            var check = ProcessCheck()
            check.pidFile = path
            check.cpuWarningPercent = 0.5
            let probe = try check.makeProbe(tools)
            var result = await probe.run(timeout: .seconds(20))
            #expect(result.state == .ok)
            #expect(value("cpu", result) == nil)
            // The kernel counts in hundredths of a second: look until one is over.
            let start = tools.time.uptime()
            while (value("cpu", result) ?? 0) == 0, tools.time.uptime() - start < .seconds(60) {
                result = await probe.run(timeout: .seconds(20))
            }
            #expect(result.state == .warning)
            #expect(result.output.contains(": more of a processor than "))
        }
        busy.stop()
    }

    @Test func `a user that is not there is our own fault, and so is a machine without proc`()
        async throws
    {
        let result = try await run { $0.user = "no-such-user" }
        #expect(result.state == .unknown)
        #expect(result.output == "Cannot look for user no-such-user: there is no user no-such-user")
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let bare = try await withProbeTools(root: folder.path) { tools in
            var check = ProcessCheck()
            check.processName = "init"
            return await (try check.makeProbe(tools)).run(timeout: .seconds(20))
        }
        #expect(bare.state == .unknown)
        #expect(bare.output == "Cannot look for init: this machine has no /proc")
    }

    @Test func `members that cannot be are refused by name`() {
        let empty = #expect(throws: RPCError.self) { try ProcessCheck().validate() }
        #expect(empty?.fields.map(\.path) == ["process_name"])
        var check = ProcessCheck()
        check.commandRegex = "("
        check.pidFile = "run.pid"
        check.maxProcesses = 0
        check.minAgeMs = 2
        check.maxAgeMs = 1
        check.cpuWarningPercent = 2
        check.cpuCriticalPercent = 1
        let error = #expect(throws: RPCError.self) { try check.validate() }
        #expect(
            error?.fields.map(\.path) == [
                "command_regex", "pid_file", "max_processes", "max_age_ms", "cpu_warning_percent",
            ])
    }
}
