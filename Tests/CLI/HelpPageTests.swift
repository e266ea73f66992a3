import Testing

@testable import opsloop

@Suite("Help")
struct HelpPageTests {
    @Test func `a command explains its options, grouped by the type they are for`() throws {
        let page = try HelpPage(interface: try Fixture.interface()).text(["check", "create"])
        #expect(
            page == """
                usage: opsloop check create --name NAME --type http|tcp|exec|heartbeat
                               [options] [-- COMMAND...]

                Creates a check.

                Arguments:
                  -- COMMAND...  The program. For --type exec. Required.

                Options:
                  --name NAME                   A unique name. Required.
                  --type http|tcp|exec|heartbeat
                                                What it looks at. Required.
                  --label KEY=VALUE             Labels to select it by. Repeatable.
                  --interval DURATION           How often. Default: 1m.
                  --timeout DURATION            How long a run may take. Default: 10s.
                  --max-attempts N              Runs until a state is hard. Default: 3.
                  --no-enabled                  Whether it runs. Default: yes.

                Options for --type http:
                  --url URL           The address. Required.
                  --status N          Accepted status codes. Repeatable.
                  --password @FILE    For basic authentication.
                  --header KEY=VALUE  Sent along. Repeatable.

                Options for --type tcp:
                  --host HOST  The host. Required.
                  --port N     The port. Required.

                Also: --socket --token-file --token-fd --output --fields --all --watch --dry-run
                      --idempotency-key --print-request --no-color --quiet --help --version
                Exit codes: 0 ok, 1 failed, 2 no connection, 3 wrong usage, 4 not allowed, 5 too
                            late or cancelled, 6 partly failed, 130 interrupted.

                """)
    }

    @Test func `a default that ends like a sentence stands apart`() throws {
        let page = try HelpPage(interface: .offline).text(["plugin", "new"])
        #expect(page.contains("Default: `.`."))
        #expect(page.contains("Default: python."))
    }

    @Test func `a command that destroys says so`() throws {
        let page = try HelpPage(interface: try Fixture.interface()).text(["check", "delete"])
        #expect(page.contains("This destroys something."))
    }

    @Test func `a noun lists its verbs`() throws {
        let page = try HelpPage(interface: try Fixture.interface()).text(["check"])
        #expect(page.contains("  check create  Creates a check.\n"))
        #expect(!page.contains("backup"))
    }

    @Test func `without a daemon the overview says what is missing`() throws {
        let page = try HelpPage(interface: .offline).text([])
        #expect(page.contains("  status        Shows at a glance how everything is.\n"))
        #expect(page.contains("daemon's own commands are missing"))
        #expect(!page.contains("__complete"))
    }

    @Test func `without a daemon its commands cannot be explained`() throws {
        let failure = try #require(throws: Failure.self) {
            try HelpPage(interface: .offline).text(["check", "create"])
        }
        #expect(failure.exit == .unreachable)
    }

    @Test func `no line is wider than the page`() throws {
        let interface = try Fixture.interface()
        for command in interface.visible {
            let page = try HelpPage(interface: interface, width: 60).text(command.words)
            let widest = page.split(separator: "\n").max { $0.count < $1.count } ?? ""
            #expect(widest.count <= 60, "\(widest)")
        }
    }

    @Test func `a method is explained with its result and its errors`() throws {
        let command = try Fixture.command("check create")
        let method = try #require(command.method)
        let text = Explanation(command: command, method: method).text()
        #expect(text.hasPrefix("check.create  Creates a check.\n"))
        #expect(text.contains("  url           text                     required for http"))
        #expect(text.contains("  labels: map to text\n"))
        #expect(text.contains("  1004  conflict  The name is taken.\n"))
    }
}
