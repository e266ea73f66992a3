import OpsJSONRPC
import Testing

struct WireNameTests {
    @Test(arguments: [
        ("id", "id"), ("intervalMs", "interval_ms"), ("requestID", "request_id"),
        ("tlsURL", "tls_url"),
        ("URLPath", "url_path"), ("httpURLString", "http_url_string"),
        ("requestIDs", "request_ids"),
        ("load1", "load1"), ("p99Ms", "p99_ms"), ("ipv4Address", "ipv4_address"), ("aB", "a_b"),
        ("already_snake", "already_snake"), ("_hidden", "_hidden"), ("", ""), ("isOK", "is_ok"),
        ("URLsOfHosts", "urls_of_hosts"), ("größeMax", "größe_max"),
    ])
    func `a member has one wire name`(member: String, name: String) {
        #expect(WireName.of(member) == name)
        #expect(WireName.of(name) == name)
    }

    @Test func `a wire name has a member`() {
        #expect(WireName.member(of: "interval_ms") == "intervalMs")
        #expect(WireName.member(of: "request_id") == "requestId")
        #expect(WireName.member(of: "id") == "id")
        #expect(WireName.member(of: "_hidden_name") == "_hiddenName")
    }
}
