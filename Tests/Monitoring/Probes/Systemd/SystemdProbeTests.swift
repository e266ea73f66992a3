import Glibc
import OpsCore
import Testing

@testable import OpsMonitoring

@Suite struct SystemdProbeTests {
    private func probe(
        _ tools: ProbeTools, _ patterns: [String] = [], program: [String] = ["systemctl"],
        restarts: Limits = Limits()
    ) -> SystemdProbe {
        SystemdProbe(
            tools,
            rules: SystemdRules(
                patterns: patterns, expected: .active, ignored: [], restarts: restarts),
            program: program)
    }

    @Test(
        .enabled(if: TestSystemd.isPossible, "no systemd can be started here"),
        .timeLimit(.minutes(2)))
    func `a real systemd tells of its units, and of restarts as they come`() async throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let systemd = try TestSystemd(
            folder,
            [
                "good.service": "[Service]\nExecStart=/bin/sleep 1000",
                "bad.service": "[Service]\nType=oneshot\nExecStart=/bin/false",
                "ready.target": "After=good.service bad.service\nWants=good.service bad.service",
            ])
        try await withProbeTools { tools in
            let program = systemd.command + ["systemctl"]
            let all = await probe(tools, program: program).run(timeout: .seconds(30))
            #expect(all.state == .critical)
            #expect(all.output.hasSuffix(" units: bad.service has failed (exit-code)"))
            let good = probe(
                tools, ["good.service"], program: program, restarts: Limits(critical: 1))
            let first = await good.run(timeout: .seconds(30))
            #expect(first.state == .ok)
            #expect(first.output == "good.service is active (running)")
            let missing = await probe(tools, ["nonsense.service", "zzz*"], program: program)
                .run(timeout: .seconds(30))
            #expect(missing.state == .critical)
            #expect(missing.output.contains("nonsense.service is not there"))
            #expect(missing.output.contains("no unit is called zzz*"))
        }
    }

    @Test func `a machine without systemd is unknown, in systemctl's words`() async throws {
        // Where systemd runs, this test has nothing to look at.
        guard access("/run/systemd/system", F_OK) != 0 else { return }
        let result = try await withProbeTools { tools in
            await probe(tools).run(timeout: .seconds(20))
        }
        #expect(result.state == .unknown)
        #expect(result.output.hasPrefix("Cannot ask systemd: "))
    }

    @Test func `a systemctl that is missing, hangs, floods or fails is unknown`() async throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let flood = try folder.write(
            "flood", "#!/bin/sh\nyes Id=a | head -c 9000000\n", mode: 0o755)
        let silent = try folder.write("silent", "#!/bin/sh\nexit 1\n", mode: 0o755)
        let hanging = try folder.write("hanging", "#!/bin/sh\nexec sleep 1000\n", mode: 0o755)
        try await withProbeTools { tools in
            for (program, words) in [
                ("/nowhere/systemctl", "systemctl: "), (flood, "it has more to say than is read"),
                (silent, "systemctl failed without a word"),
            ] {
                let result = await probe(tools, program: [program]).run(timeout: .seconds(20))
                #expect(result.state == .unknown)
                #expect(result.output.hasPrefix("Cannot ask systemd: \(words)"), "\(result.output)")
            }
            let late = await probe(tools, program: [hanging]).run(timeout: .milliseconds(500))
            #expect(late.output == "Cannot ask systemd: no answer within 500 ms")
        }
    }
}
