import OpsCore
import OpsJSONRPC
import Testing

@testable import OpsMonitoring

/// Assertions on what a real nginx answers.
@Suite struct HTTPAssertionServerTests {
    private static let locations = """
        server_tokens off;
        location = /health {
            default_type application/json;
            add_header X-Version 1.2.3;
            return 200 '{"status":"ok","checks":[{"name":"db","ms":12},{"name":"cache","ms":40}]}';
        }
        location = /private {
            auth_basic "inside";
            auth_basic_user_file users;
            default_type text/plain;
            return 200 'inside';
        }
        location = /moved { return 301 /health; }
        """

    private func run(_ url: String, _ assertions: [JSON]) async throws -> CheckResult {
        try await withProbeTools { tools in
            var check = HTTPCheck()
            check.url = url
            check.assertions = assertions
            try check.validate()
            return await (try check.makeProbe(tools)).run(timeout: .seconds(20))
        }
    }

    @Test func `assertions that hold leave the check ok`() async throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let server = try NginxServer(folder, locations: Self.locations)
        let result = try await run(
            server.url("/health"),
            [
                ["on": "header", "header": "server", "equals": "nginx"],
                ["on": "header", "header": "X-Version", "matches": "^1\\."],
                ["on": "header", "header": "Location", "exists": false],
                ["on": "json", "json_path": "$.status", "equals": "ok"],
                ["on": "json", "json_path": "$.checks[*].ms", "less": 50],
                ["on": "body", "contains": "cache"],
                ["on": "time", "phase": "connect", "at_most_ms": 19_000],
            ])
        #expect(result.state == .ok, "\(result.output)")
    }

    @Test func `every assertion that does not hold is in the output, the worst first`() async throws
    {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let server = try NginxServer(folder, locations: Self.locations)
        let result = try await run(
            server.url("/moved"),
            [
                ["on": "json", "json_path": "$.checks[*].ms", "less": 20, "state": "warning"],
                ["on": "header", "header": "x-version", "equals": "2"],
                ["on": "status", "equals": 200],
            ])
        #expect(result.state == .critical)
        #expect(result.output.hasPrefix("HTTP 200, "))
        #expect(
            result.output.hasSuffix(
                ": assertions[1]: header x-version is \"1.2.3\", not \"2\"; assertions[0]: "
                    + "$.checks[*].ms is 40, not below 20"))
        let warned = try await run(
            server.url("/health"), [["on": "body", "not_contains": "db", "state": "warning"]])
        #expect(warned.state == .warning)
    }

    @Test func `phases say where the time went`() async throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let server = try NginxServer(folder, locations: Self.locations)
        let result = try await run(server.url("/health"), [])
        #expect(result.phases.map(\.name) == ["dns", "connect", "send", "first_byte", "receive"])
        let sum = result.phases.reduce(Duration.zero) { $0 + $1.duration }
        let total = result.measurements.first { $0.label == "time_total" }?.value ?? 0
        #expect(abs(sum / .seconds(1) - total) < 0.000_01)
    }
}
