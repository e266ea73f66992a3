import OpsJSONRPC
import Testing

@testable import OpsMonitoring

@Suite struct PlaceholdersTests {
    private let target = TargetDefinition(
        name: "web1", address: "192.0.2.7", labels: ["site": "ulm", "port": "8443"])

    private func filled(_ value: JSON) throws -> JSON {
        try Placeholders(value, at: "url").filled(for: target, at: "url")
    }

    @Test func `Places are filled wherever strings stand`() throws {
        #expect(try filled("https://{{ address }}:{{labels.port}}/") == "https://192.0.2.7:8443/")
        #expect(try filled(["-H", "{{ target }}", 3]) == ["-H", "web1", 3])
        #expect(try filled(["a": ["b": "{{labels.site}}"]]) == ["a": ["b": "ulm"]])
    }

    @Test func `What has no place stays as it is`() throws {
        for value: JSON in ["plain", "} }", 7, true, .null, ["a": [1, "x"]]] {
            #expect(try Placeholders(value, at: "x").isConstant)
            #expect(try filled(value) == value)
        }
    }

    @Test(arguments: [
        ("{{ address", "url"), ("{{ nobody }}", "url"), ("{{ labels. }}", "url"), ("{{}}", "url"),
    ])
    func `A place that makes no sense is refused`(_ text: String, _ path: String) {
        let error = #expect(throws: RPCError.self) { try filled(.string(text)) }
        #expect(error?.fields.map(\.path) == [path])
    }

    @Test func `A label that the target lacks is named with its member`() {
        let error = #expect(throws: RPCError.self) {
            try filled(["a": ["{{ labels.rack }}"]])
        }
        #expect(error?.fields.map(\.path) == ["url.a[0]"])
        #expect(error?.fields.first?.reason.contains("rack") == true)
    }
}
