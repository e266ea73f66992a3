import OpsJSONRPC
import Testing

@testable import OpsMonitoring

@Suite struct LabelSelectorTests {
    private let labels = ["role": "router", "site": "ulm", "empty": ""]

    private func accepts(_ text: String) throws -> Bool {
        try LabelSelector(text, member: "label").accepts(labels)
    }

    @Test(arguments: [
        "", "role", "role=router", "role!=switch", "site=~u.m", "site!~u", "!rack", "rack!=a",
        "role=router,site=ulm", "role=router, site=ulm", "empty=", "!empty", "site=~ulm|bonn",
        // A label that is absent is the empty text.
        "rack=", "rack=~.*", "rack!~.+",
        // Braces in a value are no braces around a selector.
        "site=~[a-z]{3}",
        "{}", "{role=\"router\"}", "{role=\"router\",site=~\"u.m\"}", " {rack=\"\"}",
        "{role!='switch',}",
    ])
    func `A selector that holds`(_ text: String) throws {
        #expect(try accepts(text))
    }

    @Test(arguments: [
        "rack", "role=switch", "role!=router", "site=~u", "site!~u.*", "!role", "empty",
        "rack!~.*", "role=router,site=bonn", "{role=\"switch\"}", "{site=~\"u\"}", "{rack!=\"\"}",
    ])
    func `A selector that does not hold`(_ text: String) throws {
        #expect(try !accepts(text))
    }

    @Test(arguments: [
        "=", "=a", "!", "!=a", "!a=b", "a!b", "site=~(", "{", "{role}", "{role=router}",
    ])
    func `What is no selector is refused by the member's name`(_ text: String) {
        let error = #expect(throws: RPCError.self) { try LabelSelector(text, member: "match") }
        #expect(error?.fields.map(\.path) == ["match"])
    }
}
