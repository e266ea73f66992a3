import OpsCore
import OpsJSONRPC
import Testing

@testable import OpsMonitoring

/// Against a server with every bad habit.
@Suite struct DNSFaultTests {
    private func ask(
        _ query: String, of server: BadNameServer, timeout: Duration = .seconds(20)
    ) async throws -> CheckResult {
        try await withProbeTools { tools in
            var check = DNSCheck()
            check.query = query
            check.server = "127.0.0.1"
            check.serverPort = server.port
            return await check.makeProbe(tools).run(timeout: timeout)
        }
    }

    @Test(arguments: ["silent", "garbage", "short", "wrongid", "tcsilent", "tcgarbage"])
    func `what is no answer to the question is none`(habit: String) async throws {
        let server = try BadNameServer()
        let result = try await ask("\(habit).test", of: server, timeout: .milliseconds(300))
        #expect(result.state == .critical)
        #expect(
            result.output.hasPrefix(
                "127.0.0.1 port \(server.port): no answer to A \(habit).test within "))
        #expect(result.duration >= .milliseconds(290))
        #expect(result.duration < .seconds(10))
    }

    @Test(arguments: ["tcempty", "tcclosed"])
    func `a server that breaks off is told from one that is silent`(habit: String) async throws {
        let server = try BadNameServer()
        let result = try await ask("\(habit).test", of: server)
        #expect(result.state == .critical)
        #expect(
            result.output == "127.0.0.1 port \(server.port): connection refused or closed",
            "\(result.output)")
    }

    @Test func `a lost packet is asked for again`() async throws {
        let server = try BadNameServer()
        let result = try await ask("second.test", of: server, timeout: .seconds(3))
        #expect(result.state == .ok, "\(result.output)")
        #expect(result.duration >= .milliseconds(900))
    }

    @Test func `refusals and failures are named`() async throws {
        let server = try BadNameServer()
        #expect(
            try await ask("refused.test", of: server).output.hasPrefix("A refused.test is REFUSED"))
        #expect(
            try await ask("servfail.test", of: server).output.hasPrefix(
                "A servfail.test is SERVFAIL"))
    }

    @Test func `an answer that cannot be read is critical`() async throws {
        let server = try BadNameServer()
        let cut = try await ask("cut.test", of: server)
        #expect(cut.state == .critical)
        #expect(cut.output.hasSuffix(": the answer cannot be read, it is cut off"))
        let circle = try await ask("circle.test", of: server)
        #expect(circle.output.hasSuffix(": the answer cannot be read, a name points forward"))
    }

    @Test func `a truncated answer is fetched by TCP, byte by byte if need be`() async throws {
        let server = try BadNameServer()
        for habit in ["tc", "tcslow"] {
            let result = try await ask("\(habit).test", of: server)
            #expect(result.state == .ok, "\(result.output)")
            #expect(result.output.hasPrefix("A \(habit).test is 192.0.2.7 in "))
        }
    }

    @Test func `a flood of forged answers does not hide the true one for ever`() async throws {
        let server = try BadNameServer()
        let result = try await ask("flood.test", of: server, timeout: .seconds(5))
        // The forged ones name another address.
        #expect(result.state == .ok, "\(result.output)")
        #expect(result.output.hasPrefix("A flood.test is 192.0.2.7 in "), "\(result.output)")
    }
}
