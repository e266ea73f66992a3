import OpsCore
import OpsJSONRPC
import Testing

@testable import OpsMonitoring

/// Against nginx and the server of the openssl program.
@Suite struct TLSProbeTests {
    /// Makes certificates for the length of one test.
    private func withAuthority(
        _ body: (TestAuthority) async throws -> Void
    ) async throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        try await body(try TestAuthority(in: folder))
    }

    private func run(
        _ authority: TestAuthority, port: Int, time: any TimeSource = SystemTime(),
        _ change: (inout TLSCheck) -> Void = { _ in }
    ) async throws -> CheckResult {
        try await withProbeTools(time: time) { tools in
            var check = TLSCheck()
            check.host = "localhost"
            check.port = port
            check.caFile = authority.root.file
            change(&check)
            try check.validate()
            return await (try check.makeProbe(tools)).run(timeout: .seconds(20))
        }
    }

    private func value(_ label: String, _ result: CheckResult) -> Double? {
        result.measurements.first { $0.label == label }?.value
    }

    @Test func `nginx shows the certificate of the name that is asked for`() async throws {
        try await withAuthority { authority in
            let one = try authority.issue("one", names: "DNS:one.example.test", days: 60)
            let two = try authority.issue("two", names: "DNS:two.example.test", days: 30)
            let server = try NginxServer(
                authority.folder, [("one.example.test", one), ("two.example.test", two)])
            for (name, days) in [("one.example.test", 60.0), ("two.example.test", 30)] {
                let result = try await run(authority, port: server.port) {
                    $0.host = NameServer.address
                    $0.serverName = name
                }
                #expect(result.state == .ok, "\(result.output)")
                #expect(result.output.hasPrefix("TLS 1.3 with \(NameServer.address) port "))
                let left = try #require(value("cert_days", result))
                #expect(left > days - 0.1 && left <= days)
                #expect(value("tls_version", result) == 1.3)
                #expect(result.phases.map(\.name) == ["connect", "tls", "verify"])
                let tls = try #require(value("time_tls", result))
                let connect = try #require(value("time_connect", result))
                #expect(connect <= tls)
            }
            let other = try await run(authority, port: server.port) {
                $0.host = NameServer.address
                $0.serverName = "three.example.test"
            }
            #expect(other.state == .critical)
            #expect(
                other.output.hasSuffix(
                    ": the certificate is for another name than three.example.test"))
        }
    }

    @Test func `an address is matched with the addresses of the certificate`() async throws {
        try await withAuthority { authority in
            let named = try authority.issue("a", names: "IP:127.0.0.1")
            let server = try OpenSSLServer(named)
            let good = try await run(authority, port: server.port) { $0.host = "127.0.0.1" }
            #expect(good.state == .ok, "\(good.output)")
            #expect(try await run(authority, port: server.port).state == .critical)
        }
    }

    @Test func `an expired certificate is critical, one that ends soon a warning`() async throws {
        try await withAuthority { authority in
            let expired = try authority.issue("expired", names: "DNS:localhost", days: -1)
            let server = try OpenSSLServer(expired)
            let late = try await run(authority, port: server.port)
            #expect(late.state == .critical)
            #expect(late.output.hasSuffix(": the certificate expired 1 day ago"))
            let soon = try authority.issue("soon", names: "DNS:localhost", days: 10)
            let other = try OpenSSLServer(soon)
            let warning = try await run(authority, port: other.port)
            #expect(warning.state == .warning)
            #expect(warning.output.hasSuffix(": the certificate expires in 9 days"))
            let unverified = try await run(authority, port: server.port) { $0.verifyTLS = false }
            #expect(unverified.state == .critical)
        }
    }

    @Test func `a chain is as old as its oldest certificate`() async throws {
        try await withAuthority { authority in
            for (name, days, state, words) in [
                ("gone", -1, CheckState.critical, "the issuer's (CN = gone) expired 1 day ago"),
                ("going", 5, .warning, "the issuer's (CN = going) expires in 4 days"),
            ] {
                let issuer = try authority.issue(name, days: days)
                let own = try authority.issue(
                    "under-\(name)", names: "DNS:localhost", by: issuer)
                let server = try OpenSSLServer(own, chain: issuer.file)
                let result = try await run(authority, port: server.port)
                #expect(result.state == state)
                #expect(result.output.hasSuffix(": \(words)"), "\(result.output)")
            }
            let issuer = try authority.issue("missing")
            let own = try authority.issue("lonely", names: "DNS:localhost", by: issuer)
            let server = try OpenSSLServer(own)
            let result = try await run(authority, port: server.port)
            #expect(result.output.hasSuffix(": the certificate is from an unknown authority"))
        }
    }

    @Test func `a certificate of tomorrow is not valid yet`() async throws {
        try await withAuthority { authority in
            let server = try OpenSSLServer(try authority.issue("new", names: "DNS:localhost"))
            let yesterday = ManualTime(start: SystemTime().now() + .seconds(-86_400))
            let result = try await run(authority, port: server.port, time: yesterday)
            #expect(result.state == .critical)
            #expect(result.output.contains(": the certificate is not valid yet"))
        }
    }

    @Test func `self-signed and unknown issuers are told apart, and pass without verification`()
        async throws
    {
        try await withAuthority { authority in
            let server = try OpenSSLServer(try authority.issue("own", names: "DNS:localhost"))
            let stranger = try TemporaryFolder()
            defer { stranger.remove() }
            let other = try TestAuthority(in: stranger).root.file
            let unknown = try await run(authority, port: server.port) { $0.caFile = other }
            #expect(unknown.state == .critical)
            #expect(unknown.output.hasSuffix(": the certificate is from an unknown authority"))
            let system = try await run(authority, port: server.port) { $0.caFile = nil }
            #expect(system.output.hasSuffix(": the certificate is from an unknown authority"))
            let lone = try OpenSSLServer(authority.root)
            let selfSigned = try await run(authority, port: lone.port) { $0.caFile = other }
            #expect(selfSigned.output.contains(": the certificate is self-signed; "))
            let lax = try await run(authority, port: lone.port) {
                $0.caFile = other
                $0.verifyTLS = false
            }
            #expect(lax.state == .ok)
        }
    }

    @Test(arguments: [("-tls1", TLSVersion.v10), ("-tls1_1", .v11), ("-tls1_2", .v12)])
    func `an old version is named, and well for those who allow it`(
        option: String, version: TLSVersion
    ) async throws {
        try await withAuthority { authority in
            let server = try OpenSSLServer(
                try authority.issue("old", names: "DNS:localhost"), option, "-cipher",
                "ALL:@SECLEVEL=0")
            let result = try await run(authority, port: server.port) { $0.minTLSVersion = .v13 }
            #expect(result.state == .critical)
            #expect(result.output.hasPrefix("\(version) with localhost port "))
            #expect(result.output.hasSuffix(": \(version) is older than TLS 1.3"))
            let lax = try await run(authority, port: server.port) { $0.minTLSVersion = version }
            #expect(lax.state == .ok, "\(lax.output)")
        }
    }

    @Test func `a cipher that is not expected is named`() async throws {
        try await withAuthority { authority in
            let server = try OpenSSLServer(
                try authority.issue("own", names: "DNS:localhost"), "-tls1_2", "-cipher",
                "ECDHE-ECDSA-AES128-SHA")
            let result = try await run(authority, port: server.port) {
                $0.expectCipherRegex = ".*GCM.*"
            }
            #expect(result.state == .critical)
            #expect(
                result.output.hasSuffix(
                    ": the cipher ECDHE-ECDSA-AES128-SHA does not match /.*GCM.*/"))
        }
    }

    @Test func `a ca_file is read again when it changed, and unreadable ones are unknown`()
        async throws
    {
        try await withAuthority { authority in
            let server = try OpenSSLServer(try authority.issue("own", names: "DNS:localhost"))
            try await withProbeTools { tools in
                var check = TLSCheck()
                check.host = "localhost"
                check.port = server.port
                check.caFile = "\(authority.folder.path)/trust.pem"
                let probe = try check.makeProbe(tools)
                let missing = await probe.run(timeout: .seconds(20))
                #expect(missing.state == .unknown)
                #expect(missing.output.hasSuffix(": cannot read ca_file"))
                try authority.folder.write("trust.pem", "not a certificate")
                #expect(await probe.run(timeout: .seconds(20)).state == .unknown)
                try ServerProgram.run(["cp", authority.root.file, check.caFile ?? ""])
                #expect(await probe.run(timeout: .seconds(20)).state == .ok)
            }
        }
    }

    @Test func `limits and patterns that cannot be are refused by name`() {
        var check = TLSCheck()
        check.host = "localhost"
        check.certCriticalDays = 20
        check.expectCipherRegex = "("
        check.slowWarningMs = 2
        check.slowCriticalMs = 1
        check.caFile = "ca.pem"
        let error = #expect(throws: RPCError.self) { try check.validate() }
        #expect(
            error?.fields.map(\.path) == [
                "cert_critical_days", "expect_cipher_regex", "slow_warning_ms", "ca_file",
            ])
    }
}
