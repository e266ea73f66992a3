import Testing

@testable import OpsCore
@testable import OpsMonitoring

@Suite struct ExecRulesTests {
    private func judge(
        _ ending: ProcessResult.Ending, _ stdout: String = "", stderr: String = "",
        truncated: Bool = false
    ) -> CheckResult {
        ExecRules.judge(
            ProcessResult(
                ending: ending, stdout: Array(stdout.utf8), stderr: Array(stderr.utf8),
                truncated: truncated, duration: .milliseconds(5)),
            timeout: .seconds(10))
    }

    @Test(
        arguments: [(0, .ok), (1, .warning), (2, .critical), (3, .unknown)] as [(Int32, CheckState)]
    )
    func `the four exit codes are the four states`(code: Int32, state: CheckState) {
        let result = judge(.exited(code), "words | a=1")
        #expect(result.state == state)
        #expect(result.output == "words")
        #expect(result.measurements.count == 1)
        #expect(result.duration == .milliseconds(5))
    }

    @Test func `any other exit code is unknown, with a hint where there is one`() {
        #expect(judge(.exited(4), "hm").state == .unknown)
        #expect(judge(.exited(4), "hm").output == "Exit code 4 is no Nagios state: hm")
        #expect(judge(.exited(127)).output.contains("does not find"))
        #expect(judge(.exited(137)).output.contains("signal 9"))
    }

    @Test func `a timeout, a signal and a failed start are unknown and say so`() {
        #expect(judge(.timedOut, "half").output == "Timeout after 10000 ms, killed: half")
        #expect(judge(.timedOut).state == .unknown)
        #expect(judge(.signalled(11)).output == "Killed by signal 11 (Segmentation fault)")
        #expect(judge(.failedToStart("no such file")).output == "Cannot start: no such file")
    }

    @Test func `a silent program is quoted from its standard error`() {
        #expect(judge(.exited(2), stderr: "usage: check").output == "usage: check")
        #expect(judge(.exited(0)).output == "No output")
    }

    @Test func `what was skipped and what was cut is said`() {
        #expect(
            judge(.exited(0), "OK | a=1,5 b=2", truncated: true).longOutput
                == "(1 malformed performance value skipped)\n(the output was too long and is cut)")
    }
}
