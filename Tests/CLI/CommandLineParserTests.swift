import OpsJSONRPC
import Testing

@testable import opsloop

@Suite("The command line parser")
struct CommandLineParserTests {
    private func parse(_ line: String, files: [String: String] = [:]) throws -> Invocation {
        try Fixture.parser(files: files).parse(line.split(separator: " ").map(String.init))
    }

    private func failure(_ line: String) throws -> Failure {
        try #require(throws: Failure.self) { try parse(line) }
    }

    @Test func `a method is called by its words`() throws {
        let call = try parse("check list --state critical")
        #expect(call.command.method?.name == "check.list")
        #expect(call.params == ["state": "critical"])
    }

    @Test func `three words name a method with a noun inside a noun`() throws {
        let call = try parse("backup plan create /etc /srv")
        #expect(call.command.method?.name == "backup.plan.create")
        #expect(call.params == ["paths": ["/etc", "/srv"]])
    }

    @Test func `the schema types a value, not its look`() throws {
        let call = try parse(
            "check create --name 123 --type tcp --host true --port 22 --max-attempts=5")
        #expect(
            call.params == [
                "name": "123", "type": "tcp", "host": "true", "port": 22, "max_attempts": 5,
            ])
    }

    @Test func `milliseconds are given as a duration or as a number`() throws {
        let base = "check create --name a --type exec "
        #expect(try parse(base + "--interval 10s -- x").params["interval_ms"] == 10000)
        #expect(try parse(base + "--interval-ms 10000 -- x").params["interval_ms"] == 10000)
        #expect(try parse(base + "--interval=1h30m -- x").params["interval_ms"] == 5_400_000)
    }

    @Test func `a duration without a unit is refused, because it could mean two things`() throws {
        let failure = try failure("check create --name a --type exec --interval 10 -- x")
        #expect(failure.exit == .usage)
        #expect(failure.message == "--interval needs a unit, like 10s or 10m, not just `10`")
    }

    @Test func `an option of the command wins over one of the program`() throws {
        let call = try parse("--timeout 5s check create --name a --type exec --timeout 7s -- x")
        #expect(call.settings.timeoutMs == 5000)
        #expect(call.params["timeout_ms"] == 7000)
    }

    @Test func `options of the program stand anywhere`() throws {
        let call = try parse("-o json check --no-color get web --fields name,state -q")
        #expect(call.settings.output == .json)
        #expect(call.settings.noColor && call.settings.quiet)
        #expect(call.settings.fields == ["name", "state"])
        #expect(call.params == ["check": "web"])
    }

    @Test func `a field of a record's own is not taken for what to show`() throws {
        let failure = try failure("check get web --field name=x")
        #expect(failure.exit == .usage)
        #expect(failure.message.contains("--field"), "\(failure.message)")
    }

    @Test func `booleans are switched on and off`() throws {
        let base = "check create --name a --type exec"
        #expect(try parse("\(base) --enabled -- x").params["enabled"] == true)
        #expect(try parse("\(base) --no-enabled -- x").params["enabled"] == false)
        #expect(try parse("\(base) --enabled=no -- x").params["enabled"] == false)
    }

    @Test func `maps grow with each pair`() throws {
        let call = try parse(
            "check create --name a --type exec --label env=prod --labels team=ops=1 -- x")
        #expect(call.params["labels"] == ["env": "prod", "team": "ops=1"])
    }

    @Test func `lists grow with each value and split at commas`() throws {
        let call = try parse(
            "check create --name a --type http --url u --status 200,204 --status 301")
        #expect(call.params["status"] == [200, 204, 301])
    }

    @Test func `what stands after the dashes is passed on as it is`() throws {
        let call = try parse("check create --name a --type exec -- check_disk -w 5% --a,b @c -h")
        #expect(call.params["command"] == ["check_disk", "-w", "5%", "--a,b", "@c", "-h"])
    }

    @Test func `raw JSON goes around the types`() throws {
        #expect(try parse("check list --state:=null").params["state"] == .null)
    }

    @Test func `a relative moment may begin with a dash`() throws {
        let call = try parse("audit list --from -1h")
        #expect(call.params["from"] == "2026-11-21T11:00:00.000Z")
    }

    @Test func `the program keeps its own word for the socket`() throws {
        let call = try parse("audit list --socket /x --param-socket /y")
        #expect(call.settings.socket == "/x")
        #expect(call.params == ["socket": "/y"])
    }

    @Test func `watch takes seconds or nothing`() throws {
        #expect(try parse("check get --watch web").settings.watchMs == 2000)
        #expect(try parse("check get --watch 5 web").settings.watchMs == 5000)
        #expect(try parse("check get --watch=500ms web").settings.watchMs == 500)
    }

    @Test func `help is asked for anywhere before the dashes`() throws {
        let call = try parse("check create --name a --help")
        #expect(call.command.words == ["help"])
        #expect(call.params == ["words": ["check", "create"]])
        #expect(try parse("check -h").params == ["words": ["check"]])
        #expect(try parse("").params == ["words": []])
    }

    // MARK: - Mistakes

    @Test func `an unknown command suggests the nearest`() throws {
        let failure = try failure("chekc list")
        #expect(failure.exit == .usage)
        #expect(failure.message == "there is no command `chekc`")
        #expect(failure.hint == "did you mean `opsloop check`?")
        #expect(try self.failure("check lits").hint == "did you mean `opsloop check list`?")
    }

    @Test func `a noun alone names the verbs`() throws {
        let failure = try failure("check")
        #expect(failure.message == "`check` needs one more word")
        #expect(failure.hint == "one of: create, list, get, delete, run")
    }

    @Test func `an unknown option suggests the nearest`() throws {
        let failure = try failure("check list --sate ok")
        #expect(failure.message == "there is no option `--sate` for `check list`")
        #expect(failure.hint == "did you mean `--state`?")
        #expect(failure.usage == "opsloop check list [options]")
    }

    @Test func `a missing parameter is named with the usage`() throws {
        let failure = try failure("check get")
        #expect(failure.exit == .usage)
        #expect(failure.message == "missing CHECK")
        #expect(failure.usage == "opsloop check get CHECK")
    }

    @Test func `what a type needs is missed only for that type`() throws {
        let failure = try failure("check create --name a --type tcp")
        #expect(failure.message == "missing --host HOST, --port N")
    }

    @Test func `a wrong word of a choice lists the others`() throws {
        let failure = try failure("check create --name a --type htpp")
        #expect(failure.message == "--type is one of http, tcp, exec, heartbeat, not `htpp`")
        #expect(failure.hint == "did you mean `http`?")
        #expect(failure.usage?.hasPrefix("opsloop check create --name NAME") == true)
    }

    @Test func `a word too much is refused`() throws {
        #expect(try failure("check get web api").message == "unexpected word `api`")
        let hint = try failure("check create --name a --type exec check_disk").hint
        #expect(hint == "put what belongs to it after `--`")
    }

    @Test func `an option without its value is refused`() throws {
        #expect(try failure("check create --name").message == "--name needs a value: --name NAME")
        #expect(try failure("check create --name --type http").message.contains("--name needs"))
    }
}
