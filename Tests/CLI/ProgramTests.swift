import OpsJSONRPC
import TestClient
import Testing

@testable import opsloop

@Suite("Whole runs against a daemon")
struct ProgramTests {
    private static let items: [JSON] = (1...5).map {
        [
            "ref": .string("check:\($0)"), "name": .string("c\($0)"), "type": "http", "state": "ok",
            "interval_ms": 60000, "output": "fine",
        ]
    }

    /// Two checks a page, and the answers that the tests below need.
    @Sendable private static func answer(
        _ method: String, _ params: JSON, _ id: JSON
    ) -> FakeServer.Reply {
        switch method {
        case "rpc.discover": return (try? Fixture.document()).map { .result($0) } ?? .silence
        case "check.list": return .result(page(params))
        case "check.get": return get(params)
        case "check.create":
            return .result(["ref": "check:9", "name": params["name"] ?? nil, "state": "pending"])
        case "check.delete": return .result([:])
        case "check.run":
            return .result([
                "check": [
                    "ref": "check:1", "name": "web", "state": "critical", "output": "refused",
                ]
            ])
        case "system.ping": return .result(["pong": true])
        case "event.subscribe": return subscribe(id)
        default: return .error(.methodNotFound(method))
        }
    }

    private static func page(_ params: JSON) -> JSON {
        if params["state"] == "critical" { return ["items": [], "next_cursor": nil] }
        let start = params["cursor"]?.string.flatMap { Int($0) } ?? 0
        let end = min(items.count, start + (params["limit"]?.int ?? 2))
        let next: JSON = end < items.count ? .string("\(end)") : nil
        return ["items": .array(Array(items[start..<end])), "next_cursor": next]
    }

    private static func get(_ params: JSON) -> FakeServer.Reply {
        switch params["check"]?.string {
        case "web": .result(["ref": "check:1", "name": "web", "state": "ok"])
        case "secret": .error(.forbidden("You may not."))
        case "bad":
            .error(.invalidParams("Bad.", fields: [.init(path: "check", reason: "is odd")]))
        case "worse":
            .error(.invalidParams("check is odd", fields: [.init(path: "check", reason: "is odd")]))
        default: .error(.notFound("There is no such check.", hint: "Look again."))
        }
    }

    private static func subscribe(_ id: JSON) -> FakeServer.Reply {
        let answer = JSON.object(["jsonrpc": "2.0", "id": id, "result": ["seq": 7]]).text
        let events = [6, 7, 8].map { seq in
            JSON.object([
                "jsonrpc": "2.0", "method": "event.event",
                "params": [
                    "seq": .number(.init(seq)), "at": "2026-11-21T11:59:00.000Z",
                    "topic": "check.state_changed", "ref": "check:1", "subscription": "1",
                    "data": [
                        "name": "web", "previous_state": "ok", "state": "critical", "output": "x",
                    ],
                ],
            ]).text
        }
        return .raw(([answer] + events).map { $0 + "\n" }.joined())
    }

    private func run(
        _ line: String, input: [String] = [], rests: Int = 0, files: [String: String] = [:]
    ) throws -> Run {
        let server = try FakeServer(Self.answer)
        defer { server.stop() }
        let words = line.split(separator: " ").map(String.init)
        return Run(words, socket: server.path, input: input, rests: rests, files: files)
    }

    // MARK: - Lists

    @Test func `a list shows its first page and says how to get more`() throws {
        let run = try run("check list")
        #expect(run.exit == .success)
        #expect(run.out.split(separator: "\n").count == 3)
        #expect(run.err == "more: repeat with --all, or with --cursor 2\n")
    }

    @Test func `all pages are fetched when all are wanted`() throws {
        let run = try run("check list --all -o jsonl --fields name")
        let names = ["c1", "c2", "c3", "c4", "c5"]
        #expect(run.out == names.map { "{\"name\":\"\($0)\"}\n" }.joined())
        #expect(run.err.isEmpty)
    }

    @Test func `a limit beyond one page takes several`() throws {
        let run = try run("check list --limit 3 -o json")
        let json = try JSON.parse(run.out)
        #expect(json["items"]?.array?.count == 3)
        #expect(json["next_cursor"] == "3")
    }

    @Test func `an empty list says so, and only to people`() throws {
        let people = try run("check list --state critical")
        #expect(people.out.isEmpty && people.err == "no checks\n")
        let programs = try run("check list --state critical -o json")
        #expect(programs.err.isEmpty)
        #expect(try JSON.parse(programs.out)["items"] == [])
    }

    @Test func `a field that nothing has is pointed out`() throws {
        let run = try run("check list --fields name,sate")
        #expect(run.err.hasPrefix("no item has a member `sate`; did you mean `state`?"))
    }

    // MARK: - Writes

    @Test func `a write says briefly what it did`() throws {
        let line = "check create --name web --type http --url http://x"
        #expect(try run(line).out == "check:9 web created\n")
        #expect(try run("check delete web").out == "web deleted\n")
        #expect(try run("check run web").out == "check:1 web ran: critical  refused\n")
        #expect(try run(line + " -o yaml").out == "ref: check:9\nname: web\nstate: pending\n")
    }

    @Test func `a request can be looked at instead of being sent`() throws {
        let run = try run("check run web --print-request")
        #expect(try JSON.parse(run.out)["method"] == "check.run")
    }

    @Test func `a method is called by its name`() throws {
        #expect(try run("call system.ping -o jsonl").out == "{\"pong\":true}\n")
        #expect(
            try run("call check.get check=web -o jsonl --fields ref").out
                == "{\"ref\":\"check:1\"}\n")
        #expect(try run("call no.such").exit == .server)
    }

    // MARK: - Failures

    @Test func `a failure is an error, its fields and a hint on standard error`() throws {
        let missing = try run("check get nope")
        #expect(missing.exit == .server && missing.out.isEmpty)
        #expect(missing.err == "error: There is no such check.\nhint: Look again.\n")
        #expect(try run("check get bad").err == "error: Bad.\n  CHECK: is odd\n")
        #expect(try run("check get worse").err == "error: a parameter is wrong\n  CHECK: is odd\n")
        #expect(try run("check get secret").exit == .denied)
    }

    @Test func `for programs a failure is JSON on standard error`() throws {
        let run = try run("check get nope -o json")
        #expect(run.out.isEmpty)
        let error = try #require(try JSON.parse(run.err)["error"])
        #expect(error["code"] == 1003 && error["exit"] == 1)
        #expect(error["data"]?["kind"] == "not_found")
    }

    @Test func `wrong usage ends with 3 and shows the usage`() throws {
        let run = try run("check get")
        #expect(run.exit == .usage)
        #expect(
            run.err == """
                error: missing CHECK
                usage: opsloop check get CHECK
                hint: `opsloop check get --help` explains them

                """)
    }

    @Test func `without a daemon a command ends with 2`() throws {
        let run = Run(["check", "list", "-o", "json"], socket: "/nonexistent/s")
        #expect(run.exit == .unreachable && run.out.isEmpty)
        #expect(try JSON.parse(run.err)["error"]?["kind"] == "unreachable")
    }

    @Test func `a silent daemon ends with 5`() throws {
        let server = try FakeServer { _, _, _ in .silence }
        defer { server.stop() }
        #expect(Run(["check", "list", "--timeout", "20ms"], socket: server.path).exit == .deadline)
    }

    @Test func `a file that cannot be read is wrong usage`() throws {
        #expect(try run("audit list --filter @nope").exit == .usage)
        let run = try run("audit list --filter @f --print-request", files: ["f": "{\"a\":1}"])
        #expect(try JSON.parse(run.out)["params"]?["filter"] == ["a": 1])
    }

    // MARK: - Built-in commands

    @Test func `help and version work without a daemon`() {
        #expect(Run([]).exit == .success)
        #expect(Run(["help"]).out.contains("daemon's own commands are missing"))
        #expect(Run(["metric", "plot", "--help"]).out.contains("Draws a metric over time."))
        #expect(Run(["--version"]).out == "opsloop 0.2.0\n")
        #expect(Run(["check", "create", "--help"]).exit == .unreachable)
        #expect(Run(["status"]).exit == .unreachable)
    }

    @Test func `completion is silent without a daemon`() {
        let run = Run(["__complete", "--", "check", "get", ""], socket: "/nonexistent/s")
        #expect(run.exit == .success && run.out.isEmpty && run.err.isEmpty)
    }

    @Test func `completion asks the daemon for names`() throws {
        let server = try FakeServer(Self.answer)
        defer { server.stop() }
        let run = Run(["__complete", "--", "check", "get", "c"], socket: server.path)
        #expect(run.out == "c1\thttp\nc2\thttp\n")
    }

    @Test func `completion scripts come for three shells`() {
        for shell in ["bash", "zsh", "fish"] {
            #expect(Run(["completion", shell]).out.contains("__complete"))
        }
        #expect(Run(["completion", "ksh"]).exit == .usage)
    }

    @Test func `a method is explained`() throws {
        #expect(try run("explain check.create").out.hasPrefix("check.create  Creates a check."))
        #expect(try run("explain check creat").err.contains("did you mean `check.create`?"))
        let json = try JSON.parse(try run("explain check.get -o json").out)
        #expect(json["parameters"]?[0]?["name"] == "check")
    }

    @Test func `a board of a daemon without metrics is drawn`() throws {
        let server = try FakeServer { method, params, id in
            method == "system.info"
                ? .result(["version": "0.1.0"]) : Self.answer(method, params, id)
        }
        defer { server.stop() }
        let run = Run(["status", "--changes", "0"], socket: server.path)
        #expect(run.exit == .success)
        #expect(run.out.hasPrefix("ALL OK  5 checks"))
        #expect(run.out.contains("box up 3d 4h · opsloopd 0.1.0"))
    }

    @Test func `a hard problem changes the exit code only when asked`() throws {
        let server = try FakeServer { method, _, _ in
            switch method {
            case "system.info": .result([:])
            case "check.list": .result(["items": [["name": "a", "state": "critical"]]])
            default: .error(.methodNotFound(method))
            }
        }
        defer { server.stop() }
        #expect(Run(["status"], socket: server.path).exit == .success)
        #expect(Run(["status", "--exit-code"], socket: server.path).exit == .server)
    }

    @Test func `events are followed until enough have come`() throws {
        let run = try run("event follow --count 2")
        #expect(run.exit == .success)
        let line = "11:59:00  check.state_changed  check:1 web  ok -> critical  x\n"
        #expect(run.out == line + line)
        let json = try self.run("event follow --count 1 -o jsonl --fields seq")
        #expect(json.out == "{\"seq\":7}\n")
    }

    @Test func `a broken connection is taken up where it was`() throws {
        let server = try FakeServer { method, params, id in
            guard case .raw(let all) = Self.subscribe(id) else { return .silence }
            // The first subscriber gets one event and is then left alone.
            guard params["from_seq"] == nil else { return .raw(all) }
            return .last(all.split(separator: "\n").prefix(3).map { $0 + "\n" }.joined())
        }
        defer { server.stop() }
        let words = "event follow --count 2 -o jsonl --fields seq".split(separator: " ")
        let run = Run(words.map(String.init), socket: server.path, rests: 5)
        #expect(run.out == "{\"seq\":7}\n{\"seq\":8}\n")
        #expect(run.err == "connection lost; trying again\n")
    }

    @Test func `a watched command is run again`() throws {
        let run = try run("check get web --watch -o jsonl --fields name", rests: 2)
        #expect(run.out == String(repeating: "{\"name\":\"web\"}\n", count: 3))
        #expect(try self.run("check run web --watch").exit == .usage)
    }

    @Test func `a pipe answers line by line and tells partial failure`() throws {
        let lines = [
            "check.get check=web", "", #"{"method": "system.ping"}"#, "check.get check=nope", "{",
        ]
        let run = try run("pipe", input: lines)
        let answers = try run.out.split(separator: "\n").map { try JSON.parse(String($0)) }
        #expect(answers.map { $0["ok"] } == [true, true, false, false])
        #expect(answers[0]["result"]?["ref"] == "check:1")
        #expect(answers[2]["error"]?["code"] == 1003)
        #expect(run.exit == .partial)
        #expect(try self.run("pipe", input: ["{"]).exit == .server)
        #expect(try self.run("pipe", input: ["system.ping"]).exit == .success)
    }
}
