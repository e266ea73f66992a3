import OpsJSONRPC
import TestClient
import OpsToken
import Synchronization
import Testing

@testable import opsloop

@Suite("Tokens on the command line")
struct TokenCommandTests {
    private let token: String

    init() throws {
        let key = try #require(TokenKey([UInt8](repeating: 3, count: 32)))
        token = try key.issue(id: "7", salt: [1, 2, 3]).text
    }

    private func run(_ arguments: String..., input: String? = nil) -> Run {
        Run(arguments, files: ["-": input ?? token + "\n", "t": token, "bad": "no token"])
    }

    @Test func `narrowing adds what was asked for, without a daemon`() throws {
        let run = run(
            "token", "narrow", "t", "--method", "check.list", "--method", "metric.*", "--effect",
            "read", "--param", "name^web-", "--param", "limit<100", "--not-after", "+1h", "--rate",
            "10/60")
        #expect(run.exit == .success)
        #expect(run.err.isEmpty)
        let narrowed = try Token(parsing: run.out)
        #expect(narrowed.id == "7")
        #expect(
            narrowed.clauses.map(\.text) == [
                #"{"methods":["check.list","metric.*"]}"#, #"{"effects":["read"]}"#,
                #"{"param":"name^web-"}"#, #"{"param":"limit<100"}"#,
                #"{"not_after":"2026-11-21T13:00:00.000Z"}"#, #"{"rate":"10/60"}"#,
            ])
    }

    @Test func `a token comes from standard input when no file is named`() throws {
        let narrowed = run("token", "narrow", "--effect", "read")
        #expect(try Token(parsing: narrowed.out).clauses.count == 1)
        let shown = run("token", "show", input: narrowed.out)
        #expect(shown.out == "token:7, by its own words:\n  only methods that read\n")
        #expect(!shown.out.contains("opsl1_"))
    }

    @Test func `what a token says is also there for programs`() throws {
        let shown = run("token", "show", "t", "-o", "json")
        #expect(try JSON.parse(shown.out) == ["ref": "token:7", "restrictions": []])
        #expect(
            run("token", "show", "t").out.contains("everything that its role may do"))
    }

    @Test(arguments: [
        (["narrow", "t"], "there is nothing to narrow the token by"),
        (["narrow", "t", "--method", "ch*"], "--method takes a method, a pattern"),
        (["narrow", "t", "--param", "name"], "--param takes NAME=TEXT"),
        (["narrow", "t", "--rate", "often"], "--rate takes CALLS/SECONDS"),
        (["narrow", "t", "--effect", "fly"], "--effect"),
        (["narrow", "bad", "--effect", "read"], "bad: this is no token"),
        (["show", "bad"], "bad: this is no token"),
        (["show", "missing"], "cannot read missing"),
    ])
    func `a mistake is usage, and is named`(_ arguments: [String], _ message: String) {
        let run = Run(["token"] + arguments, files: ["t": token, "bad": "no token"])
        #expect(run.exit == .usage)
        #expect(run.out.isEmpty)
        #expect(run.err.contains(message), "\(run.err)")
        #expect(!run.err.contains(token))
    }

    @Test func `two places for a token are one too many`() {
        let run = Run(["--token-file", "t", "--token-fd", "3", "status"], files: ["t": token])
        #expect(run.exit == .usage)
        #expect(run.err.contains("--token-file and --token-fd both name a token"))
    }

    @Test func `the token goes to the daemon before anything else`() throws {
        let token = token
        let asked = Mutex<[String]>([])
        let server = try FakeServer { method, params, _ in
            asked.withLock { $0.append(method + (params["token"]?.string == token ? "!" : "")) }
            switch method {
            case "rpc.discover": return (try? Fixture.document()).map { .result($0) } ?? .silence
            case "token.use": return .result(["principal": "token:7"])
            default: return .result(["pong": true])
            }
        }
        defer { server.stop() }
        let run = Run(
            ["system", "ping", "--token-file", "t"], socket: server.path, files: ["t": token])
        #expect(run.exit == .success)
        #expect(asked.withLock { $0 } == ["token.use!", "rpc.discover", "system.ping"])
    }

    @Test func `a token that the daemon refuses ends with 4`() throws {
        let server = try FakeServer { _, _, _ in .error(.unauthenticated("The token is revoked.")) }
        defer { server.stop() }
        let run = Run(
            ["--token-file", "t", "system", "ping"], socket: server.path, files: ["t": token])
        #expect(run.exit == .denied)
        #expect(run.err.contains("The token is revoked."))
    }
}
