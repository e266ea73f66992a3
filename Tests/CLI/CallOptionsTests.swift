import OpsJSONRPC
import TestClient
import Testing

@testable import opsloop

@Suite("How a call is to be carried out")
struct CallOptionsTests {
    /// Answers `check.delete` with the `_meta` that it was given, under the name of the check.
    @Sendable private static func answer(
        _ method: String, _ params: JSON, _ id: JSON
    ) -> FakeServer.Reply {
        switch method {
        case "rpc.discover": (try? Fixture.document()).map { .result($0) } ?? .silence
        case "check.delete":
            .result(["ref": .string("check:1"), "name": .string(params["_meta"]?.text ?? "none")])
        case "check.list":
            .result(["items": [], "_meta": ["warnings": ["check.list is deprecated."]]])
        default: .error(.methodNotFound(method))
        }
    }

    private func run(_ arguments: String...) throws -> Run {
        let server = try FakeServer(Self.answer)
        return Run(arguments, socket: server.path)
    }

    @Test func `nothing is said when nothing was asked for`() throws {
        #expect(try run("check", "delete", "web").out.contains("check:1 none deleted"))
    }

    @Test func `a dry run is asked for, and said`() throws {
        let run = try run("check", "delete", "web", "--dry-run")
        #expect(run.out.contains(#"{"dry_run":true}"#))
        #expect(run.err == "dry run: nothing was changed\n")
    }

    @Test func `the daemon is told the limit that was given`() throws {
        let run = try run("check", "delete", "web", "--timeout", "2s")
        #expect(run.out.contains(#"{"timeout_ms":2000}"#))
    }

    @Test func `a key is sent as it is, and auto makes one up`() throws {
        let named = try run("check", "delete", "web", "--idempotency-key", "nightly-7")
        #expect(named.out.contains(#"{"idempotency_key":"nightly-7"}"#))
        let fresh = try run("check", "delete", "web", "--idempotency-key", "auto")
        #expect(!fresh.out.contains("auto"))
        #expect(fresh.out.contains("idempotency_key"))
    }

    @Test func `a command that reads takes neither`() throws {
        for option in [["--dry-run"], ["--idempotency-key", "x"]] {
            let server = try FakeServer(Self.answer)
            let run = Run(["check", "list"] + option, socket: server.path)
            #expect(run.exit == .usage)
            #expect(run.err.contains("`check list` only reads, and takes no \(option[0])"))
        }
    }

    @Test func `the request that is printed has it too`() throws {
        let run = try run("check", "delete", "web", "--dry-run", "--print-request")
        #expect((try JSON.parse(run.out))["params"]?["_meta"] == ["dry_run": true])
    }

    @Test func `a warning goes to standard error and not into the result`() throws {
        let run = try run("check", "list", "--output", "json")
        #expect(run.err == "warning: check.list is deprecated.\n")
        #expect(try JSON.parse(run.out) == ["items": []])
    }
}
