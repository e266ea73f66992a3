import OpsCore
import Testing

@testable import OpsMonitoring

@Suite struct HTTPProbeTests {
    private func run(
        _ url: String, timeout: Duration = .seconds(20),
        _ change: (inout HTTPCheck) -> Void = { _ in }
    ) async throws -> CheckResult {
        try await withProbeTools { try await run($0, url, timeout: timeout, change) }
    }

    private func run(
        _ tools: ProbeTools, _ url: String, timeout: Duration = .seconds(20),
        _ change: (inout HTTPCheck) -> Void = { _ in }
    ) async throws -> CheckResult {
        var check = HTTPCheck()
        check.url = url
        change(&check)
        try check.validate()
        return await (try check.makeProbe(tools)).run(timeout: timeout)
    }

    private func value(_ label: String, _ result: CheckResult) -> Double? {
        result.measurements.first { $0.label == label }?.value
    }

    // MARK: - Answers

    @Test func `a good answer is ok, with its times, size and status`() async throws {
        let server = try WebServer()
        let result = try await run(server.url("/ok"))
        #expect(result.state == .ok)
        #expect(result.output.hasPrefix("HTTP 200, 23 bytes in "))
        #expect(value("size", result) == 23)
        #expect(value("http_status", result) == 200)
        let total = try #require(value("time_total", result))
        let firstByte = try #require(value("time_ttfb", result))
        let connect = try #require(value("time_connect", result))
        #expect(0 < connect && connect <= firstByte && firstByte <= total && total < 20)
        #expect(value("cert_days", result) == nil)
        #expect(result.duration > .zero)
    }

    @Test func `a status that is not expected is critical`() async throws {
        let server = try WebServer()
        let missing = try await run(server.url("/status/404"))
        #expect(missing.state == .critical)
        #expect(missing.output.hasPrefix("HTTP 404, 0 bytes in "))
        #expect(missing.output.hasSuffix(": expected 200-399"))
        let wanted = try await run(server.url("/status/503")) {
            $0.expectStatus = [ExpectedStatus(404...404), ExpectedStatus(500...599)]
        }
        #expect(wanted.state == .ok)
    }

    @Test func `redirects are followed, not followed, or too many`() async throws {
        let server = try WebServer()
        #expect(value("http_status", try await run(server.url("/redirect"))) == 200)
        let stayed = try await run(server.url("/redirect")) { $0.followRedirects = false }
        #expect(value("http_status", stayed) == 302)
        #expect(stayed.state == .ok)
        let loop = try await run(server.url("/loop")) { $0.maxRedirects = 3 }
        #expect(loop.state == .critical)
        #expect(loop.output == "Too many redirects")
        let elsewhere = try await run(server.url("/ftp"))
        #expect(elsewhere.output == "Redirected to an address that is not http or https")
    }

    @Test func `the body is searched for a text or a pattern`() async throws {
        let server = try WebServer()
        #expect(try await run(server.url("/ok")) { $0.expectBody = "is well" }.state == .ok)
        let text = try await run(server.url("/ok")) { $0.expectBody = "on fire" }
        #expect(text.state == .critical)
        #expect(text.output.hasSuffix(": the body does not contain \"on fire\""))
        let pattern = try await run(server.url("/ok")) { $0.expectBodyRegex = "^version [0-9]+$" }
        #expect(pattern.state == .ok)
        let other = try await run(server.url("/ok")) { $0.expectBodyRegex = "^version [a-z]+$" }
        #expect(other.output.hasSuffix(": the body does not match /^version [a-z]+$/"))
    }

    @Test func `method, headers and body are sent`() async throws {
        let server = try WebServer()
        let result = try await run(server.url("/echo")) {
            $0.method = .put
            $0.headers = ["X-Token": "abc", "Content-Type": "application/json"]
            $0.body = "{\"a\":1}"
            $0.expectBodyRegex = "^PUT$"
        }
        #expect(result.state == .ok)
        for wanted in [
            "x-token: abc", "content-type: application/json", "user-agent: OpsLoop", "{\"a\":1}",
        ] {
            let echoed = try await run(server.url("/echo")) {
                $0.method = .post
                $0.headers = ["X-Token": "abc", "Content-Type": "application/json"]
                $0.body = "{\"a\":1}"
                $0.expectBody = wanted
            }
            #expect(echoed.state == .ok, "\(wanted)")
        }
        #expect(try await run(server.url("/ok")) { $0.method = .head }.state == .ok)
    }

    @Test func `a body that is too long is cut, and the cut is said where it matters`() async throws
    {
        let server = try WebServer()
        let big = try await run(server.url("/big")) { $0.maxBodyBytes = 100_000 }
        #expect(big.state == .ok)
        #expect(value("size", big) == 100_000)
        let endless = try await run(server.url("/endless")) { $0.expectBody = "z" }
        #expect(endless.state == .critical)
        #expect(endless.output.hasSuffix(": the first 1 MiB of the body does not contain \"z\""))
        let whole = try await run(server.url("/big")) { $0.maxBodyBytes = 4 << 20 }
        #expect(value("size", whole) == Double(4 << 20))
    }

    @Test func `a slow answer is a warning or critical by its limits`() async throws {
        var expectations = HTTPExpectations(status: [ExpectedStatus(200...200)])
        expectations.seconds = Limits(warning: 1, critical: 2)
        var exchange = HTTPExchange()
        exchange.status = 200
        exchange.timings.total = 1.5
        let result = expectations.judge(exchange, now: SystemTime().now())
        #expect(result.state == .warning)
        #expect(result.output == "HTTP 200, 0 bytes in 1500 ms: slower than 1000 ms")
    }

    // MARK: - Failures

    @Test func `a closed port is refused`() async throws {
        let server = try WebServer()
        server.stop()
        let result = try await run(server.url("/ok"))
        #expect(result.state == .critical)
        #expect(result.output == "Connection refused by localhost:\(server.port)")
    }

    @Test func `a name that does not exist is not found`() async throws {
        let result = try await run("http://no-such-host.invalid/")
        #expect(result.state == .critical)
        #expect(result.output == "Name not found: no-such-host.invalid")
    }

    @Test func `a timeout is kept and says what was going on`() async throws {
        let server = try WebServer()
        let stall = try await run(server.url("/stall"), timeout: .milliseconds(300))
        #expect(stall.state == .critical)
        #expect(stall.output.hasPrefix("Timeout after "))
        #expect(stall.output.hasSuffix(" ms waiting for the answer"))
        #expect(stall.duration >= .milliseconds(300))
        #expect(stall.duration < .seconds(60))
        let slow = try await run(server.url("/slow"), timeout: .milliseconds(300))
        #expect(slow.output.hasPrefix("Timeout after "))
        #expect(slow.output.contains(" ms reading the answer (1 byte so far)"))
    }

    @Test func `a server that breaks off is told from one that says nothing or nonsense`()
        async throws
    {
        let server = try WebServer()
        let cut = try await run(server.url("/cut"))
        #expect(cut.state == .critical)
        #expect(cut.output == "The connection broke in the middle of the answer, after 9 bytes")
        let silent = try await run(server.url("/nothing"))
        #expect(silent.output == "The server closed the connection without an answer")
        let garbage = try await run(server.url("/garbage"))
        #expect(garbage.output == "The answer is not HTTP")
    }

    @Test func `a cancelled probe ends at once`() async throws {
        let server = try WebServer()
        try await withProbeTools { tools in
            var check = HTTPCheck()
            check.url = server.url("/stall")
            let probe = try check.makeProbe(tools)
            let task = Task { await probe.run(timeout: .seconds(60)) }
            task.cancel()
            #expect(await task.value.output == "Cancelled")
        }
    }

    @Test func `closing the client ends what is under way, and later requests`() async throws {
        let server = try WebServer()
        try await withProbeTools { tools in
            let request = HTTPRequest(url: server.url("/stall"))
            async let exchange = tools.http.send(request, timeout: .seconds(60))
            // The server counts the connection, so the first request is under way by then.
            _ = await tools.http.send(
                HTTPRequest(url: server.url("/connections"), reusesConnection: false),
                timeout: .seconds(20))
            await tools.http.close()
            #expect(await exchange.failure?.isOurs == true)
            let late = await tools.http.send(request, timeout: .seconds(60))
            #expect(late.failure?.reason == "The HTTP client is closed")
        }
    }

    // MARK: - Connections

    @Test func `a plain connection is used again, unless the check does not want it`() async throws
    {
        let server = try WebServer()
        try await withProbeTools { tools in
            var check = HTTPCheck()
            check.url = server.url("/connections")
            // The first run does not know yet where the address leads, so it connects anew.
            check.expectBodyRegex = "^[12]$"
            let reusing = try check.makeProbe(tools)
            for _ in 1...4 {
                let result = await reusing.run(timeout: .seconds(20))
                #expect(result.state == .ok)
            }
            check.reuseConnection = false
            check.expectBodyRegex = "^[34]$"
            let fresh = try check.makeProbe(tools)
            for _ in 1...2 {
                let result = await fresh.run(timeout: .seconds(20))
                #expect(result.state == .ok)
            }
        }
    }

    @Test func `a server that comes back is seen through a kept connection`() async throws {
        try await withProbeTools { tools in
            let first = try WebServer()
            #expect(try await run(tools, first.url("/ok")).state == .ok)
            first.stop()
            #expect(try await run(tools, first.url("/ok")).state == .critical)
            let second = try WebServer()
            #expect(try await run(tools, second.url("/ok")).state == .ok)
        }
    }

    @Test func `two hundred probes at once share one loop`() async throws {
        let server = try WebServer()
        try await withProbeTools { tools in
            var check = HTTPCheck()
            check.url = server.url("/ok")
            check.expectBody = "is well"
            let probe = try check.makeProbe(tools)
            let states = await withTaskGroup { group in
                for _ in 0..<200 {
                    group.addTask { await probe.run(timeout: .seconds(60)).state }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(states == Array(repeating: .ok, count: 200))
        }
    }
}
