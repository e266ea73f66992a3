import OpsJSONRPC
import Testing

@testable import opsloop

@Suite("Completion")
struct CompleterTests {
    private func complete(_ line: String, interface: Interface? = nil) throws -> [String] {
        let answers: JSON = ["items": [["name": "web", "type": "http"], ["name": "api"]]]
        let completer = Completer(interface: try interface ?? Fixture.interface()) { method, _ in
            method == "check.list" ? answers : nil
        }
        let words = line.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        return completer.candidates(words).map(\.text)
    }

    @Test func `words of commands are offered`() throws {
        #expect(try complete("che") == ["check"])
        #expect(try complete("check ") == ["create", "list", "get", "delete", "run"])
        #expect(try complete("backup p") == ["plan"])
    }

    @Test func `options are offered in their handier spelling`() throws {
        #expect(try complete("check create --in") == ["--interval"])
        #expect(try complete("check create --no-e") == ["--no-enabled"])
        #expect(try complete("check list --wat") == ["--watch"])
    }

    @Test func `options of another type are left out`() throws {
        #expect(try complete("check create --type tcp --ur").isEmpty)
        #expect(try complete("check create --type http --ur") == ["--url"])
        #expect(try complete("check create --ur") == ["--url"])
    }

    @Test func `values of a choice are offered`() throws {
        #expect(try complete("check create --type h") == ["http", "heartbeat"])
        #expect(try complete("check create --type=h") == ["--type=http", "--type=heartbeat"])
        #expect(try complete("-o j") == ["json", "jsonl"])
        #expect(try complete("completion ") == ["bash", "zsh", "fish"])
    }

    @Test func `records are offered by their names`() throws {
        #expect(try complete("check get ") == ["web", "api"])
        #expect(try complete("check get w") == ["web"])
        #expect(try complete("check get web ").isEmpty)
    }

    @Test func `methods are offered where a method is wanted`() throws {
        #expect(try complete("call check.g") == ["check.get"])
    }

    @Test func `without a daemon only the built-in commands are offered`() throws {
        #expect(try complete("check ", interface: .offline).isEmpty)
        #expect(try complete("sta", interface: .offline) == ["status"])
    }
}
