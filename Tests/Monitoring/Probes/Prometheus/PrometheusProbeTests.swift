import OpsCore
import OpsJSONRPC
import Testing

@testable import OpsMonitoring

/// Scrapes over HTTP: of the real node_exporter, and of a server with every bad habit.
@Suite struct PrometheusProbeTests {
    private func run(
        _ tools: ProbeTools, _ url: String, timeout: Duration = .seconds(30),
        _ change: (inout PrometheusCheck) -> Void = { _ in }
    ) async throws -> CheckResult {
        var check = PrometheusCheck()
        check.url = url
        change(&check)
        try check.validate()
        return await (try check.makeProbe(tools)).run(timeout: timeout)
    }

    private func run(
        _ url: String, timeout: Duration = .seconds(30),
        _ change: (inout PrometheusCheck) -> Void = { _ in }
    ) async throws -> CheckResult {
        try await withProbeTools { try await run($0, url, timeout: timeout, change) }
    }

    private func metric(_ name: String, _ result: CheckResult) -> Double? {
        result.metrics.first { $0.name == name }?.value
    }

    // MARK: - node_exporter

    @Test func `the real node_exporter is scraped`() async throws {
        let exporter = try NodeExporter()
        let result = try await run(exporter.url)
        #expect(result.state == .ok, "\(result.output)")
        let samples = try #require(result.scrape).samples
        #expect(samples.count > 100)
        let load = try #require(samples.first { $0.series.key.name == "node_load1" })
        #expect(load.value >= 0)
        #expect(load.series.key.labels["instance"] == "127.0.0.1:\(exporter.port)")
        let info = try #require(samples.first { $0.series.key.name == "node_uname_info" })
        #expect(info.series.key.labels["sysname"] == "Linux")
        #expect(metric("scrape_samples_scraped", result) == Double(samples.count))
        #expect(metric("scrape_samples_post_metric_relabeling", result) == Double(samples.count))
        #expect((metric("scrape_duration_seconds", result) ?? 0) > 0)
        let phases = result.phases.map(\.name)
        #expect(phases.first == "dns" || phases.first == "connect")
        #expect(phases.suffix(3) == ["first_byte", "receive", "parse"])
    }

    @Test func `what node_exporter says, cut at every byte, is refused or ends with a line`()
        async throws
    {
        let exporter = try NodeExporter()
        let body = try await withProbeTools { tools in
            var request = HTTPRequest(url: exporter.url)
            request.keepsBody = true
            return await tools.http.send(request, timeout: .seconds(30)).body
        }
        let whole = try ExpositionParserTests.read(body)
        #expect(whole.count > 100)
        // The text format is read line by line, so that each line can be cut by itself.
        for line in body.split(separator: UInt8(ascii: "\n")) {
            for end in line.indices.dropFirst() {
                #expect(throws: ExpositionError.self, "\(line.count) bytes") {
                    try ExpositionParserTests.read(Array(line[..<end]))
                }
            }
        }
        for end in stride(from: 0, to: body.count, by: max(1, body.count / 400)) {
            let isWhole = end == 0 || body[end - 1] == UInt8(ascii: "\n")
            let found = try? ExpositionParserTests.read(Array(body[..<end]))
            #expect((found != nil) == isWhole, "cut after \(end) bytes")
            if let found { #expect(found == Array(whole.prefix(found.count))) }
        }
    }

    // MARK: - Requests

    @Test func `the request says what it takes, who asks, and what the check adds`() async throws {
        let server = try ExpositionServer()
        let result = try await run(server.url("/headers")) {
            $0.headers = ["X-Tenant": "blue"]
            $0.username = "ann"
            $0.password = "secret"
        }
        let sent = Dictionary(
            uniqueKeysWithValues: (result.scrape?.samples ?? []).map {
                ($0.series.key.labels["name"] ?? "", $0.series.key.labels["value"] ?? "")
            })
        #expect(sent["accept"]?.hasPrefix("application/openmetrics-text;version=1.0.0") == true)
        #expect(sent["accept-encoding"] == "gzip")
        #expect(sent["authorization"] == "Basic YW5uOnNlY3JldA==")
        #expect(sent["x-tenant"] == "blue")
    }

    @Test func `gzip is unpacked, OpenMetrics recognised`() async throws {
        let server = try ExpositionServer()
        let text = (0..<3000).map { "a{n=\"\($0)\"} \($0)\n" }.joined()
        try server.expose("a.txt", text)
        let seconds = SystemTime().now().milliseconds / 1000
        try server.expose("b.om", "# TYPE a counter\na_total 1 \(seconds).5\n# EOF\n")
        let packed = try await run(server.url("/gzip/a.txt"))
        #expect(packed.scrape?.samples.map(\.value) == (0..<3000).map(Double.init))
        let open = try await run(server.url("/gzip/b.om"))
        #expect(open.scrape?.samples.map(\.timestamp) == [seconds * 1000 + 500])
        try server.expose("c.om", "a 1\n")
        let unfinished = try await run(server.url("/file/c.om"))
        #expect(
            unfinished.output
                == "The exposition cannot be read: line 2: the text ends without # EOF")
    }

    // MARK: - Faults

    @Test func `an answer that is not whole is refused`() async throws {
        let server = try ExpositionServer()
        try server.expose("a.txt", (0..<100).map { "a{n=\"\($0)\"} 1\n" }.joined())
        let short = try await run(server.url("/short/a.txt"))
        #expect(short.state == .critical)
        #expect(short.output.hasPrefix("The connection broke in the middle of the answer"))
        for length in [5, 40, 100] {
            let cut = try await run(server.url("/cut-gzip/\(length)/a.txt"))
            #expect(cut.state == .critical)
            #expect(cut.output == "The answer's gzip ends too early", "\(length)")
        }
        let other = try await run(server.url("/brotli/a.txt"))
        #expect(other.output == "The answer is packed as br, which was not asked for")
        for result in [short, other] {
            #expect(result.scrape?.samples.isEmpty == true)
            #expect(metric("scrape_samples_scraped", result) == 0)
        }
        let missing = try await run(server.url("/nothing"))
        #expect(missing.output == "HTTP 404, expected 200")
        let page = try await run(server.url("/page"))
        #expect(
            page.output
                == "The exposition cannot be read: line 1: expected a metric's name instead of "
                + "\"<html></html>\"")
    }

    @Test func `a hundred megabytes are given up at the limit`() async throws {
        let server = try ExpositionServer()
        let result = try await run(server.url("/large")) { $0.maxScrapeBytes = 4 << 20 }
        #expect(result.state == .critical)
        #expect(
            result.output
                == "The scrape is refused: the answer is longer than 4 MiB, the limit max_scrape_bytes"
        )
        #expect(result.scrape?.samples.isEmpty == true)
        // No more was read than the limit.
        #expect(result.measurements.first { $0.label == "size" }?.value == Double(4 << 20))
    }

    @Test func `a gzip bomb is unpacked to the limit only`() async throws {
        let server = try ExpositionServer()
        let result = try await run(server.url("/bomb")) { $0.maxScrapeBytes = 1 << 20 }
        #expect(result.state == .critical)
        #expect(
            result.output
                == "The scrape is refused: the answer is longer than 1 MiB, the limit max_scrape_bytes"
        )
    }

    @Test func `a byte a second meets the timeout`() async throws {
        let server = try ExpositionServer()
        let result = try await run(server.url("/drip"), timeout: .milliseconds(300))
        #expect(result.state == .critical)
        #expect(result.output.hasPrefix("Timeout after "))
        #expect(result.output.contains("reading the answer"))
    }

    @Test func `a flood of labels is refused with the limit`() async throws {
        let server = try ExpositionServer()
        try server.expose("a.txt", (0..<5000).map { "a{request=\"\($0)\"} 1\n" }.joined())
        let result = try await run(server.url("/file/a.txt")) { $0.sampleLimit = 1000 }
        #expect(result.state == .critical)
        #expect(
            result.output
                == "The scrape is refused: of its 5000 samples more than 1000 are to be stored"
                + ", which is sample_limit")
    }

    @Test func `repeated and early samples are left out with a warning`() async throws {
        let server = try ExpositionServer()
        try server.expose("a.txt", "a 1\na 2\nb{x=\"y\"} 3 \(Int64.max)\n")
        let result = try await run(server.url("/file/a.txt"))
        #expect(result.state == .warning)
        #expect(result.output.contains("1 sample of 3 scraped"))
        #expect(
            result.output.hasSuffix(
                "1 sample left out, whose series and time were there before, such as a"
                    + "{instance=\"127.0.0.1:\(server.port)\"}; 1 sample left out, more than 10 "
                    + "minutes in the future"))
        #expect(metric("scrape_samples_post_metric_relabeling", result) == 3)
    }
}
