import OpsCore
import OpsJSONRPC
import Testing

@testable import OpsMonitoring

@Suite struct HTTPCertificateTests {
    /// Asks a server with a certificate of so many days; `trusts` makes it a known one.
    private func run(
        days: Int, trusts: Bool = true, host: String = "localhost",
        _ change: (inout HTTPCheck) -> Void = { _ in }
    ) async throws -> CheckResult {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let certificate = try TestCertificate.make(in: folder, days: days)
        let server = try WebServer(certificate)
        return try await withProbeTools { tools in
            var check = HTTPCheck()
            check.url = "https://\(host):\(server.port)/ok"
            if trusts { check.caFile = certificate.file }
            change(&check)
            try check.validate()
            return await (try check.makeProbe(tools)).run(timeout: .seconds(20))
        }
    }

    private func value(_ label: String, _ result: CheckResult) -> Double? {
        result.measurements.first { $0.label == label }?.value
    }

    @Test func `a trusted certificate is ok, and its days are counted`() async throws {
        let result = try await run(days: 60)
        #expect(result.state == .ok)
        let days = try #require(value("cert_days", result))
        #expect(days > 59.9 && days <= 60)
        let tls = try #require(value("time_tls", result))
        #expect(tls > 0)
    }

    @Test func `one that ends soon is a warning, one that ends very soon critical`() async throws {
        let soon = try await run(days: 10)
        #expect(soon.state == .warning)
        #expect(soon.output.hasSuffix(": the certificate expires in 9 days"))
        let verySoon = try await run(days: 2)
        #expect(verySoon.state == .critical)
        let lenient = try await run(days: 10) {
            $0.certWarningDays = 5
            $0.certCriticalDays = 1
        }
        #expect(lenient.state == .ok)
    }

    @Test func `an expired, an unknown and a misnamed certificate are told apart`() async throws {
        let expired = try await run(days: -1)
        #expect(expired.state == .critical)
        #expect(expired.output == "The certificate has expired")
        let unknown = try await run(days: 60, trusts: false)
        #expect(unknown.state == .critical)
        #expect(unknown.output == "The certificate is self-signed")
        let misnamed = try await run(days: 60, host: "127.0.0.1")
        #expect(misnamed.output.hasPrefix("The certificate is for another name than 127.0.0.1:"))
    }

    @Test func `a check that does not verify still tells when the certificate ended`() async throws
    {
        let result = try await run(days: -1, trusts: false) { $0.verifyTLS = false }
        #expect(result.state == .critical)
        #expect(result.output.hasSuffix(": the certificate expired 1 day ago"))
        #expect(try await run(days: 60, trusts: false) { $0.verifyTLS = false }.state == .ok)
    }

    @Test func `the certificate behind a redirect is looked at in every run`() async throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let certificate = try TestCertificate.make(in: folder, days: 10)
        let encrypted = try WebServer(certificate)
        let plain = try WebServer()
        try await withProbeTools { tools in
            var check = HTTPCheck()
            check.url = plain.url("/tls/\(encrypted.port)")
            check.caFile = certificate.file
            let probes = [try check.makeProbe(tools), try check.makeProbe(tools)]
            for probe in probes + probes {
                let result = await probe.run(timeout: .seconds(20))
                #expect(result.state == .warning)
                #expect(value("cert_days", result) != nil)
            }
        }
    }

    @Test func `a ca_file that cannot be read is our own fault: unknown`() async throws {
        let result = try await run(days: 60) { $0.caFile = "/nowhere/ca.pem" }
        #expect(result.state == .unknown)
        #expect(result.output == "Cannot read ca_file")
    }

    @Test func `a port without TLS fails in the handshake`() async throws {
        let server = try WebServer()
        let result = try await withProbeTools { tools in
            var check = HTTPCheck()
            check.url = server.url("/ok", scheme: "https")
            return await (try check.makeProbe(tools)).run(timeout: .seconds(20))
        }
        #expect(result.state == .critical)
        #expect(result.output.hasPrefix("TLS handshake failed: "))
    }

    @Test func `the dates of both TLS libraries are read`() throws {
        let expected = "2026-11-01T01:24:33.000Z"
        #expect(CertificateDate.parse("Nov  1 01:24:33 2026 GMT")?.description == expected)
        #expect(CertificateDate.parse("2026-11-01 01:24:33 GMT")?.description == expected)
        #expect(CertificateDate.parse("Foo  1 01:24:33 2026 GMT") == nil)
        #expect(CertificateDate.parse("") == nil)
    }
}
