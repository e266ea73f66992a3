import OpsJSONRPC
import Testing

@testable import OpsCore

struct PluginPlanTests {
    private func plan(_ configurations: PluginConfiguration...) throws -> [String] {
        try PluginPlan(available: Zoo.all, configurations: configurations)
            .plugins.map(\.manifest.name)
    }

    private func complaint(_ configurations: PluginConfiguration...) -> PluginError? {
        #expect(throws: PluginError.self) {
            try PluginPlan(available: Zoo.all, configurations: configurations)
        }
    }

    private func tame(_ config: JSON) -> PluginConfiguration {
        PluginConfiguration(name: "tame", config: config)
    }

    @Test func `each plugin comes after those it requires`() throws {
        #expect(
            try plan(.init(name: "needy"), .init(name: "plain"), .init(name: "tame"))
                == ["plain", "tame", "needy"])
    }

    @Test func `a plugin that is not enabled is not planned`() throws {
        #expect(try plan(.init(name: "plain", isEnabled: false), .init(name: "tame")) == ["tame"])
    }

    @Test func `an unknown plugin gets a suggestion`() {
        #expect(
            complaint(.init(name: "tmae"))?.description
                == "tmae: no such plugin; did you mean tame?")
        #expect(complaint(.init(name: "elephants"))?.message.contains("there are ") == true)
    }

    @Test func `a missing requirement is named`() {
        let error = complaint(.init(name: "needy"), .init(name: "tame", isEnabled: false))
        #expect(error?.code == .missingRequirement)
        #expect(error?.description == "needy: requires tame, which is not enabled")
    }

    @Test func `a circle is named`() {
        let error = complaint(.init(name: "circle_a"), .init(name: "circle_b"))
        #expect(error?.code == .missingRequirement)
        #expect(error?.message == "requires itself in a circle: circle_a, circle_b")
    }

    @Test(arguments: [
        ("method_thief", "method_thief: declares the method tame.greet of tame"),
        ("noun_thief", "noun_thief: declares tame.steal, but tame owns the noun tame"),
    ])
    func `what belongs to another can't be declared`(name: String, description: String) {
        let error = complaint(.init(name: "tame"), .init(name: name))
        #expect(error?.code == .conflict)
        #expect(error?.description == description)
    }

    @Test func `a plugin can't have a name of the core`() {
        #expect(complaint(.init(name: "core"))?.code == .conflict)
    }

    @Test func `a plugin can't be configured twice`() {
        let error = complaint(.init(name: "plain"), .init(name: "plain"))
        #expect(error?.description == "plain: is configured twice")
    }

    @Test(arguments: [
        (#"{"times":7}"#, "tame: times must be 1 to 3, not 7 (found 7)"),
        (#"{"time":1}"#, "tame: time is not a member; did you mean times? (found 1)"),
        (#"{"greeting":5}"#, "tame: greeting expected a string, found a number (found 5)"),
        (#"{"greeting":"forbidden"}"#, #"tame: greeting is forbidden (found "forbidden")"#),
        (#"["hello"]"#, "tame: config must be an object"),
        ("5", "tame: config must be an object"),
    ])
    func `bad settings name the plugin, the key and the value`(
        config: String, description: String
    ) throws {
        let error = complaint(tame(try JSON.parse(config)))
        #expect(error?.code == .badSettings)
        #expect(error?.description == description)
    }

    @Test func `the value of a secret is not told`() {
        let error = complaint(tame(["password": "abc"]))
        #expect(error?.message.contains("password") == true)
        #expect(error?.message.contains("abc") == false)
    }
}
