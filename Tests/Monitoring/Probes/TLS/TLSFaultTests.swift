import OpsCore
import Testing

@testable import OpsMonitoring

/// Against servers that begin in plain text, and such that behave badly.
@Suite struct TLSFaultTests {
    private func run(
        _ habit: String, startTLS: StartTLS? = nil, timeout: Duration = .seconds(20)
    ) async throws -> CheckResult {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let authority = try TestAuthority(in: folder)
        let server = try PlainStartServer(
            habit, try authority.issue("own", names: "DNS:localhost"))
        return try await withProbeTools { tools in
            var check = TLSCheck()
            check.host = "localhost"
            check.port = server.port
            check.starttls = startTLS
            check.caFile = authority.root.file
            return await (try check.makeProbe(tools)).run(timeout: timeout)
        }
    }

    @Test(arguments: StartTLS.allCases)
    func `TLS begins after the words of each protocol`(kind: StartTLS) async throws {
        let result = try await run(kind.rawValue, startTLS: kind)
        #expect(result.state == .ok, "\(result.output)")
    }

    @Test func `a server that will not is quoted, without what would steer a terminal`()
        async throws
    {
        let result = try await run("refusing", startTLS: .smtp)
        #expect(result.state == .critical)
        #expect(result.output.hasSuffix(": the server does not begin TLS: 454 no TLS today[2J"))
    }

    @Test func `words that come before TLS and would count as said within it are refused`()
        async throws
    {
        let result = try await run("injecting", startTLS: .smtp)
        #expect(result.state == .critical)
        #expect(result.output.hasSuffix(": it goes on in plain text"))
    }

    @Test func `one who talks without end is not listened to for ever`() async throws {
        let plain = try await run("endless", startTLS: .smtp)
        #expect(plain.state == .critical)
        #expect(plain.output.hasSuffix(": it talks without end"))
        let encrypted = try await run("flooding")
        #expect(encrypted.state == .critical)
        #expect(encrypted.output.contains(": the TLS handshake failed: "))
    }

    @Test func `silence lasts as long as it was given`() async throws {
        for kind in [nil, StartTLS.imap] {
            let result = try await run("silent", startTLS: kind, timeout: .milliseconds(300))
            #expect(result.state == .critical)
            #expect(result.output.contains(": timeout after "))
            #expect(result.output.hasSuffix(" in the TLS handshake"))
            #expect(result.duration >= .milliseconds(290))
            #expect(result.duration < .seconds(10))
        }
    }

    @Test func `what is no TLS fails in the handshake`() async throws {
        let plain = try await run("plain")
        #expect(plain.state == .critical)
        #expect(plain.output.hasSuffix(": the TLS handshake failed: wrong version number"))
        let closed = try await run("closing")
        #expect(closed.output.hasSuffix(": the connection was closed before TLS began"))
    }

    @Test func `a handshake may come byte by byte`() async throws {
        let result = try await run("dripping")
        #expect(result.state == .ok, "\(result.output)")
    }

    @Test func `a closed port is refused, and a cancelled probe ends at once`() async throws {
        let port = try FreePort.find(on: "127.0.0.1")
        try await withProbeTools { tools in
            var check = TLSCheck()
            check.host = "127.0.0.1"
            check.port = port
            let refused = await (try check.makeProbe(tools)).run(timeout: .seconds(20))
            #expect(refused.state == .critical)
            #expect(refused.output == "127.0.0.1 port \(port): connection refused")
            let probe = try check.makeProbe(tools)
            let task = Task { await probe.run(timeout: .seconds(60)) }
            task.cancel()
            #expect(await task.value.state != .ok)
        }
    }
}
