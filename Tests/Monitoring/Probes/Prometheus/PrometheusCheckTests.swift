import OpsCore
import OpsJSONRPC
import Testing

@testable import OpsMonitoring

@Suite struct PrometheusCheckTests {
    private func paths(_ members: JSON.Object) -> [String] {
        var members = members
        if members["url"] == nil { members["url"] = "http://localhost:9100/metrics" }
        do throws(RPCError) {
            try FieldSet(PrometheusCheck.self).decode(members).validate()
            return []
        } catch {
            return error.fields.map(\.path)
        }
    }

    @Test func `every member that is wrong is named by its path`() {
        #expect(
            paths([
                "url": "ftp://x/", "headers": ["a b": "c"], "password": "x", "ca_file": "x.pem",
                "add_labels": ["check": "x", "site": "y"],
                "keep": ["a", "{"], "drop": ["b{x=~\"(\"}"],
                "rename": [
                    ["metric": "a", "to": "b"], ["to": "b"], ["metric": "(", "to": "b"],
                    ["metric": "a", "label": "b", "to": "c"], ["metric": "a(.)", "to": "$2"],
                    ["metric": "a", "to": "$x"], ["label": "a", "to": "__name__"],
                    ["label": "a"], ["label": "a", "to": "b", "form": "c"], "x",
                ],
            ]) == [
                "url", "headers.a b", "username", "ca_file", "add_labels.check", "keep[1]",
                "drop[0]", "rename[1].metric", "rename[2].metric", "rename[3].label",
                "rename[4].metric", "rename[5].metric", "rename[6].to", "rename[7].to",
                "rename[8].form", "rename[9]",
            ])
        #expect(
            paths([
                "assertions": [
                    ["select": "a"], ["select": "{"], ["less": 1], ["select": "a", "below": 1],
                ]
            ]) == ["assertions[1].select", "assertions[2].select", "assertions[3].below"])
        #expect(paths([:]).isEmpty)
        #expect(
            paths(["sample_limit": 0, "max_scrape_bytes": 0]).sorted() == [
                "max_scrape_bytes", "sample_limit",
            ])
    }

    @Test func `the label instance is host and port of the address`() {
        #expect(HTTPAddress.authority("http://localhost:9100/metrics") == "localhost:9100")
        #expect(HTTPAddress.authority("https://example.org/metrics") == "example.org:443")
        #expect(HTTPAddress.authority("http://[::1]/") == "[::1]:80")
    }
}
