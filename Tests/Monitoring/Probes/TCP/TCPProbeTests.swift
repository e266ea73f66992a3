import OpsCore
import OpsJSONRPC
import Testing

@testable import OpsMonitoring

@Suite struct TCPProbeTests {
    /// Runs a check against a listener that does `greet` with every connection.
    private func run(
        timeout: Duration = .seconds(20), _ change: (inout TCPCheck) -> Void = { _ in },
        greet: @escaping @Sendable (ByteStream) -> Void
    ) async throws -> CheckResult {
        var check = TCPCheck()
        check.host = "localhost"
        change(&check)
        return try await withProbeTools { [check] tools in
            let listener = try await tools.loop.perform {
                try StreamListener.tcp(
                    host: "127.0.0.1", port: 0, on: tools.loop, onConnection: greet)
            }
            var check = check
            check.port = await tools.loop.port(of: listener)
            try check.validate()
            return await check.makeProbe(tools).run(timeout: timeout)
        }
    }

    @Test func `a connection is enough when nothing is expected`() async throws {
        let result = try await run { $0.close() }
        #expect(result.state == .ok)
        #expect(result.output.hasPrefix("Connected to localhost port "))
        #expect(result.measurements.map(\.label) == ["time_total", "time_connect"])
    }

    @Test func `a greeting is waited for, in pieces too`() async throws {
        let result = try await run {
            $0.expect = "220 mail"
        } greet: { stream in
            stream.write(Array("22".utf8))
            stream.loop.nextTurn {
                stream.write(Array("0 mai".utf8))
                stream.loop.nextTurn { stream.write(Array("l ready\r\n".utf8)) }
            }
        }
        #expect(result.state == .ok)
        #expect(result.output.contains(" answered in "))
    }

    @Test func `a text is sent, and its answer judged`() async throws {
        let echo: @Sendable (ByteStream) -> Void = { stream in
            stream.startReading(
                onData: { stream.write($0) }, onEnd: { _ in stream.close() })
        }
        let good = try await run(
            {
                $0.send = "PING\r\n"
                $0.expect = "PING"
            }, greet: echo)
        #expect(good.state == .ok)
        let bad = try await run(
            timeout: .milliseconds(300),
            {
                $0.send = "PING\r\n"
                $0.expect = "PONG"
            }, greet: echo)
        #expect(bad.state == .critical)
        #expect(bad.output.hasPrefix("Timeout after "))
        #expect(bad.output.hasSuffix(" without saying \"PONG\"; it said \"PING\""))
        #expect(bad.duration >= .milliseconds(300))
        #expect(bad.duration < .seconds(10))
    }

    @Test func `one who hangs up too early is critical`() async throws {
        let result = try await run {
            $0.expect = "220"
        } greet: {
            $0.close()
        }
        #expect(result.state == .critical)
        #expect(
            result.output.hasSuffix(
                " closed the connection without saying \"220\"; it said nothing"))
    }

    @Test func `a closed port is refused`() async throws {
        let result = try await withProbeTools { tools in
            let listener = try await tools.loop.perform {
                try StreamListener.tcp(host: "127.0.0.1", port: 0, on: tools.loop) { $0.close() }
            }
            var check = TCPCheck()
            check.host = "127.0.0.1"
            check.port = await tools.loop.port(of: listener)
            try await tools.loop.perform { listener.close() }
            return await check.makeProbe(tools).run(timeout: .seconds(20))
        }
        #expect(result.state == .critical)
        #expect(result.output.hasSuffix(": connection refused"))
    }

    @Test func `a name that does not exist is critical and says so`() async throws {
        let result = try await withProbeTools { tools in
            var check = TCPCheck()
            check.host = "no-such-host.invalid"
            check.port = 25
            return await check.makeProbe(tools).run(timeout: .seconds(60))
        }
        #expect(result.state == .critical)
        #expect(result.output.hasPrefix("no-such-host.invalid port 25: "))
    }

    @Test func `a Unix socket is connected to by its path`() async throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let path = "\(folder.path)/s"
        let results = try await withProbeTools { tools in
            _ = try await tools.loop.perform {
                try StreamListener.unix(path: path, on: tools.loop) { stream in
                    stream.write(Array("hello".utf8))
                }
            }
            var check = TCPCheck()
            check.socketPath = path
            check.expect = "hello"
            try check.validate()
            let good = await check.makeProbe(tools).run(timeout: .seconds(20))
            check.socketPath = "\(path)-missing"
            return [good, await check.makeProbe(tools).run(timeout: .seconds(20))]
        }
        #expect(results.map(\.state) == [.ok, .critical])
        #expect(results[1].output == "\(path)-missing: no such file or directory")
    }

    @Test func `a cancelled probe ends at once`() async throws {
        try await withProbeTools { tools in
            let listener = try await tools.loop.perform {
                try StreamListener.tcp(host: "127.0.0.1", port: 0, on: tools.loop) { stream in
                    stream.startReading(onData: { _ in }, onEnd: { _ in })
                }
            }
            var check = TCPCheck()
            check.host = "127.0.0.1"
            check.port = await tools.loop.port(of: listener)
            check.expect = "never"
            let probe = check.makeProbe(tools)
            let task = Task { await probe.run(timeout: .seconds(60)) }
            task.cancel()
            #expect(await task.value.state == .unknown)
        }
    }

    @Test(
        arguments: [
            (nil, nil, nil, "host"), ("a", nil, nil, "port"), (nil, 25, nil, "host"),
            ("a", 25, "/s", "socket_path"), ("a", nil, "/s", "socket_path"),
        ] as [(String?, Int?, String?, String)])
    func `either host and port or a socket is needed`(
        host: String?, port: Int?, socket: String?, field: String
    ) {
        var check = TCPCheck()
        check.host = host
        check.port = port
        check.socketPath = socket
        let error = #expect(throws: RPCError.self) { try check.validate() }
        #expect(error?.fields.map(\.path) == [field])
    }
}

/// `tls` of a `tcp` check, against the server of the openssl program.
@Suite struct TCPOverTLSTests {
    private func run(
        _ change: (inout TCPCheck, TestAuthority) -> Void = { _, _ in },
        days: Int = 90, port: Int? = nil
    ) async throws -> CheckResult {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let authority = try TestAuthority(in: folder)
        let server = try OpenSSLServer(
            try authority.issue("one", names: "DNS:localhost,DNS:one.example.test", days: days))
        return try await withProbeTools { tools in
            var check = TCPCheck()
            check.host = "localhost"
            check.port = port ?? server.port
            check.tls = true
            check.caFile = authority.root.file
            change(&check, authority)
            try check.validate()
            return await check.makeProbe(tools).run(timeout: .seconds(20))
        }
    }

    @Test func `a text is said and heard over TLS, and each part of it is timed`() async throws {
        let result = try await run { check, _ in
            check.send = "GET / HTTP/1.0\r\n\r\n"
            check.expect = "HTTP/1.0 200"
        }
        #expect(result.state == .ok, "\(result.output)")
        #expect(result.phases.map(\.name) == ["connect", "tls", "answer"])
        #expect(result.measurements.map(\.label) == ["time_total", "time_connect", "time_tls"])
    }

    @Test func `a handshake is enough when nothing is expected`() async throws {
        let result = try await run { check, _ in check.serverName = "one.example.test" }
        #expect(result.state == .ok, "\(result.output)")
    }

    @Test func `a certificate that is not trusted, of another name or too old is critical`()
        async throws
    {
        let untrusted = try await run { check, _ in check.caFile = nil }
        #expect(untrusted.state == .critical, "\(untrusted.output)")
        let other = try await run { check, _ in check.serverName = "two.example.test" }
        #expect(other.state == .critical)
        #expect(other.output.hasSuffix("for another name than two.example.test"))
        let expired = try await run(days: -1)
        #expect(expired.state == .critical)
        #expect(expired.output.contains("expired"))
        let accepted = try await run { check, _ in
            check.caFile = nil
            check.verifyTLS = false
        }
        #expect(accepted.state == .ok, "\(accepted.output)")
        let missing = try await run { check, _ in check.caFile = "/nowhere.pem" }
        #expect(missing.state == .unknown)
    }

    @Test func `an answer that never comes and a server without TLS are told apart`() async throws {
        let silent = try await run { check, _ in
            check.send = "GET / HTTP/1.0\r\n\r\n"
            check.expect = "never said"
        }
        #expect(silent.state == .critical)
        #expect(silent.output.contains("without saying \"never said\""), "\(silent.output)")
        let plain = try await withProbeTools { tools in
            let listener = try await tools.loop.perform {
                try StreamListener.tcp(host: "127.0.0.1", port: 0, on: tools.loop) { stream in
                    stream.write(Array("220 mail ready\r\n".utf8))
                }
            }
            var check = TCPCheck()
            (check.host, check.tls) = ("127.0.0.1", true)
            check.port = await tools.loop.port(of: listener)
            return await check.makeProbe(tools).run(timeout: .seconds(20))
        }
        #expect(plain.state == .critical)
        #expect(plain.output.hasPrefix("The TLS handshake with 127.0.0.1 port "))
        #expect(plain.phases.map(\.name) == ["connect", "tls"])
    }

    @Test func `what belongs to TLS needs it`() {
        var check = TCPCheck()
        (check.host, check.port) = ("a", 1)
        (check.serverName, check.caFile) = ("b", "c")
        let error = #expect(throws: RPCError.self) { try check.validate() }
        #expect(error?.fields.map(\.path) == ["server_name", "ca_file", "ca_file"])
        var unix = TCPCheck()
        (unix.socketPath, unix.tls) = ("/s", true)
        let other = #expect(throws: RPCError.self) { try unix.validate() }
        #expect(other?.fields.map(\.path) == ["tls"])
    }
}

extension EventLoop {
    fileprivate func port(of listener: StreamListener) async -> Int {
        await withCheckedContinuation { continuation in
            execute { continuation.resume(returning: listener.port) }
        }
    }
}
