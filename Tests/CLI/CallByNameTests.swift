import OpsJSONRPC
import Testing

@testable import opsloop

@Suite("Calling a method by its name")
struct CallByNameTests {
    private func read(_ words: String...) throws -> (command: Command, params: JSON.Object) {
        try CallByName(interface: try Fixture.interface(), values: Fixture.values()).read(words)
    }

    @Test func `members are typed by the schema`() throws {
        let call = try read("check.create", "name=123", "interval_ms=5000", "labels=env=prod")
        #expect(call.params == ["name": "123", "interval_ms": 5000, "labels": ["env": "prod"]])
    }

    @Test func `JSON is taken as it is`() throws {
        #expect(try read("check.create", "name:=123").params == ["name": 123])
    }

    @Test func `a method that nobody described is called all the same`() throws {
        let call = try read("secret.method", "a=1")
        #expect(call.command.method?.name == "secret.method")
        #expect(call.params == ["a": "1"])
    }

    @Test func `a word without a sign is refused`() {
        #expect(throws: Failure.self) { try read("check.get", "web") }
    }
}
