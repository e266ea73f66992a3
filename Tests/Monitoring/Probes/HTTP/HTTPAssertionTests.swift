import OpsCore
import OpsJSONRPC
import Testing

@testable import OpsMonitoring

/// What assertions say about an answer.
@Suite struct HTTPAssertionTests {
    private static let body = #"{"status":"degraded","count":3,"items":[{"ok":true},{"ok":false}]}"#

    private static var exchange: HTTPExchange {
        var exchange = HTTPExchange()
        exchange.status = 201
        exchange.headers = [
            HTTPHeader(name: "Content-Type", value: "application/json"),
            HTTPHeader(name: "X-Cache", value: "miss"), HTTPHeader(name: "x-cache", value: "hit"),
            HTTPHeader(name: "Age", value: "17"),
        ]
        exchange.body = Array(body.utf8)
        exchange.timings = HTTPTimings(
            nameLookup: 0.001, connect: 0.003, tls: 0, preTransfer: 0.003, firstByte: 0.0535,
            total: 0.06)
        return exchange
    }

    /// What the assertions complain about, as `state: words`.
    private func complaints(
        _ assertions: [JSON], _ exchange: HTTPExchange = exchange
    ) throws -> [String] {
        let fields = FieldSet(HTTPAssertion.self)
        let expectations = HTTPExpectations(
            assertions: try assertions.map { try fields.decode($0).ready() })
        return expectations.findings(in: exchange).map { "\($0.state.rawValue): \($0.words)" }
    }

    @Test(
        arguments: [
            ["on": "status", "equals": 201],
            ["on": "status", "not_equals": 200, "greater": 200, "less": 300],
            ["on": "header", "header": "content-type", "equals": "application/json"],
            ["on": "header", "header": "X-CACHE", "contains": "miss, hit", "matches": "^miss"],
            ["on": "header", "header": "age", "equals": 17, "less": 17.5],
            ["on": "header", "header": "server", "exists": false],
            [
                "on": "body", "contains": "degraded", "not_contains": "fine",
                "matches": "\"count\":[0-9]",
            ],
            ["on": "json", "json_path": "$.status", "equals": "degraded", "not_equals": "ok"],
            ["on": "json", "json_path": "$.count", "equals": 3.0, "greater": 2, "less": 4],
            ["on": "json", "json_path": "$.items[*].ok", "exists": true],
            ["on": "json", "json_path": "$.items", "equals": [["ok": true], ["ok": false]]],
            ["on": "json", "json_path": "$.nothing", "exists": false],
            ["on": "json", "json_path": "$.items[*]", "matches": "^\\{\"ok\""],
            ["on": "time", "phase": "first_byte", "at_most_ms": 51],
            ["on": "time", "phase": "total", "at_most_ms": 60],
        ] as [JSON])
    func `what holds is not complained about`(assertion: JSON) throws {
        #expect(try complaints([assertion]) == [])
    }

    @Test(
        arguments: [
            (["on": "status", "equals": 200], "status is 201, not 200"),
            (["on": "status", "less": 201], "status is 201, not below 201"),
            (["on": "status", "not_equals": 201], "status is 201"),
            (["on": "header", "header": "Server", "exists": true], "there is no header Server"),
            (["on": "header", "header": "Server", "equals": "x"], "there is no header Server"),
            (["on": "header", "header": "age", "exists": false], "there is header age"),
            (
                ["on": "header", "header": "age", "greater": 17],
                "header age is \"17\", not above 17"
            ),
            (
                ["on": "header", "header": "x-cache", "greater": 1],
                "header x-cache is \"miss, hit\", which is no number"
            ),
            (["on": "body", "contains": "fine"], "the body does not contain \"fine\""),
            (["on": "body", "not_contains": "degraded"], "the body contains \"degraded\""),
            (["on": "body", "matches": "^x"], "the body does not match /^x/"),
            (["on": "body", "not_matches": "status"], "the body matches /status/"),
            (["on": "body", "equals": "x"], "the body is not \"x\""),
            (
                ["on": "json", "json_path": "$.status", "equals": "ok"],
                "$.status is \"degraded\", not \"ok\""
            ),
            (
                ["on": "json", "json_path": "$.items[*].ok", "equals": true],
                "$.items[*].ok is false, not true"
            ),
            (["on": "json", "json_path": "$.state", "equals": "ok"], "there is no $.state"),
            (["on": "json", "json_path": "$.count", "greater": 3], "$.count is 3, not above 3"),
            (
                ["on": "json", "json_path": "$.status", "less": 3],
                "$.status is \"degraded\", which is no number"
            ),
            (
                ["on": "json", "json_path": "$.status", "contains": "x"],
                "$.status is \"degraded\" and does not contain \"x\""
            ),
            (
                ["on": "json", "json_path": "$.status", "not_matches": "^d"],
                "$.status is \"degraded\" and matches /^d/"
            ),
            (
                ["on": "time", "phase": "first_byte", "at_most_ms": 50],
                "time first_byte is 50.5 ms, above 50 ms"
            ),
            (["on": "time", "phase": "tls", "at_most_ms": 50], "there is no time tls"),
        ] as [(JSON, String)])
    func `what does not hold is named`(assertion: JSON, words: String) throws {
        #expect(try complaints([assertion]) == ["critical: assertions[0]: \(words)"])
    }

    @Test func `every assertion that fails is named, by its place and with its state`() throws {
        let found = try complaints([
            ["on": "status", "equals": 200, "state": "warning"], ["on": "status", "equals": 201],
            ["on": "json", "json_path": "$.status", "equals": "ok", "matches": "^o"],
        ])
        #expect(
            found == [
                "warning: assertions[0]: status is 201, not 200",
                "critical: assertions[2]: $.status is \"degraded\", not \"ok\"",
                "critical: assertions[2]: $.status is \"degraded\" and does not match /^o/",
            ])
    }

    @Test func `a body that is no JSON, or only its beginning, is said to be so`() throws {
        let assertion: JSON = ["on": "json", "json_path": "$.a", "exists": true]
        var exchange = Self.exchange
        exchange.body = Array("<html>".utf8)
        let page = try complaints([assertion], exchange)
        #expect(page.count == 1)
        #expect(page[0].hasPrefix("critical: assertions[0]: $.a: the body is no JSON: "))
        exchange.isCut = true
        #expect(
            try complaints([assertion], exchange) == [
                "critical: assertions[0]: $.a: the body is cut after 6 bytes, see max_body_bytes"
            ])
    }

    @Test func `every member that is wrong is named by its path`() {
        var check = HTTPCheck()
        check.url = "http://localhost/"
        check.assertions = [
            ["on": "json", "equals": 1], ["on": "json", "json_path": "a", "equals": 1],
            ["on": "status"], ["on": "status", "contains": "2"], ["on": "body", "matches": "("],
            ["on": "time", "at_most_ms": 1],
            ["on": "header", "header": "a", "phase": "dns", "exists": true],
            ["on": "weather"], ["equals": 1], ["on": "body", "contain": "x"], "x",
            ["on": "time", "phase": "dns", "at_most_ms": 1, "state": "bad"],
        ]
        let error = #expect(throws: RPCError.self) { try check.validate() }
        #expect(
            error?.fields.map(\.path) == [
                "assertions[0].json_path", "assertions[1].json_path", "assertions[2].on",
                "assertions[3].contains", "assertions[4].matches", "assertions[5].phase",
                "assertions[6].phase", "assertions[7].on", "assertions[8].on",
                "assertions[9].contain", "assertions[10]",
                "assertions[11].state",
            ])
        #expect(error?.fields.first?.reason == "is required")
    }
}
