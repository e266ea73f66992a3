import Dispatch
import Glibc
import OpsJSONRPC
import Synchronization
import TestClient
import Testing

/// What the command line does while a call takes its time, and when it is left without an answer.
@Suite("Calls under way", .timeLimit(.minutes(3)))
struct CallsUnderWayTests {
    // MARK: - Ctrl-C

    @Test func `Ctrl-C cancels the call and ends with 130`() async throws {
        let puppet = try Puppet { $0.method == "$/cancelRequest" ? $0.cancelled : .silence }
        let program = try puppet.begin("job", "run")
        let call = try await puppet.next()
        #expect(call.method == "job.run")
        program.send(SIGINT)
        let cancel = try await puppet.next()
        #expect(cancel.method == "$/cancelRequest" && cancel.params == ["id": call.id])
        #expect(cancel.id == nil)
        #expect(try await program.ending() == .exited(130))
        #expect(puppet.errors == "error: It was cancelled.\n")
        puppet.stop()
    }

    @Test func `what was done in spite of Ctrl-C is told`() async throws {
        let puppet = try Puppet { heard in
            guard heard.method == "$/cancelRequest" else { return .silence }
            let call = Puppet.Heard(method: "", params: [:], id: heard.params["id"] ?? nil)
            return .raw(call.line(result: ["ref": "job:1"]))
        }
        let program = try puppet.begin("job", "run", "-o", "jsonl")
        _ = try await puppet.next()
        program.send(SIGINT)
        #expect(try await program.rest() == "{\"ref\":\"job:1\"}\n")
        #expect(try await program.ending() == .exited(0))
        puppet.stop()
    }

    @Test func `a second Ctrl-C leaves a daemon that does not obey`() async throws {
        let puppet = try Puppet { _ in .silence }
        let program = try puppet.begin("job", "run")
        _ = try await puppet.next()
        program.send(SIGINT)
        #expect(try await puppet.next().method == "$/cancelRequest")
        program.send(SIGINT)
        #expect(try await program.ending() == .exited(130))
        puppet.stop()
    }

    @Test func `Ctrl-C during the first of two calls ends the command before the second`()
        async throws
    {
        let gate = DispatchSemaphore(value: 0)
        let puppet = try Puppet { heard in
            heard.method == "$/cancelRequest" || heard.params["cursor"] != nil
                ? .silence
                : .held("", until: gate, ["items": [["ref": "job:1"]], "next_cursor": "1"])
        }
        let program = try puppet.begin("job", "list", "--all")
        _ = try await puppet.next()
        program.send(SIGINT)
        gate.signal()
        #expect(try await program.ending() == .exited(130))
        #expect(try await program.rest().isEmpty)
        puppet.stop()
    }

    // MARK: - Progress

    @Test(PseudoTerminal.isNeeded)
    func `a terminal shows how far a call is, and nothing of it in the end`() async throws {
        let gate = DispatchSemaphore(value: 0)
        let puppet = try Puppet { heard in
            .held(heard.progress(3, of: 4, "copying"), until: gate, ["ref": "job:1"])
        }
        let terminal = try PseudoTerminal()
        let program = try puppet.begin("job", "run", errors: terminal.path)
        let call = try await puppet.next()
        #expect(call.params["_meta"]?["progress_token"] == 1)
        let shown = try await terminal.until("75")
        #expect(shown.contains("copying ") && shown.contains("█"), "\(shown)")
        gate.signal()
        let rest = try await terminal.until("\r\u{1B}[K")
        #expect(rest.hasSuffix("\r\u{1B}[K"))
        #expect(try await program.rest() == "job:1 ran\n")
        #expect(try await program.ending() == .exited(0))
        puppet.stop()
    }

    @Test(PseudoTerminal.isNeeded)
    func `a terminal is told that the call is being cancelled`() async throws {
        let gate = DispatchSemaphore(value: 0)
        let puppet = try Puppet { heard in
            heard.method == "job.run" ? .held("", until: gate, [:]) : .silence
        }
        let terminal = try PseudoTerminal()
        let program = try puppet.begin("job", "run", errors: terminal.path)
        _ = try await puppet.next()
        program.send(SIGINT)
        _ = try await terminal.until("cancelling; Ctrl-C again to leave at once")
        gate.signal()
        #expect(try await program.ending() == .exited(0))
        puppet.stop()
    }

    @Test(PseudoTerminal.isNeeded, arguments: [false, true])
    func `a file, and a terminal that wants quiet, show nothing`(isTerminal: Bool) async throws {
        let puppet = try Puppet { heard in
            .raw(heard.progress(3, of: 4, "copying") + heard.line(result: ["ref": "job:1"]))
        }
        let terminal = try PseudoTerminal()
        let program =
            isTerminal
            ? try puppet.begin("job", "run", "--quiet", errors: terminal.path)
            : try puppet.begin("job", "run")
        #expect(try await puppet.next().params["_meta"] == nil)
        #expect(try await program.ending() == .exited(0))
        #expect(puppet.errors.isEmpty)
        puppet.stop()
    }

    // MARK: - Connections that break

    /// Breaks the first connection instead of answering, and answers on the second.
    private func breakingOnce() throws -> Puppet {
        let calls = Atomic(0)
        return try Puppet { _ in
            calls.add(1, ordering: .relaxed).newValue == 1 ? .last("") : .result(["ref": "job:1"])
        }
    }

    @Test(arguments: [
        ["job", "list"], ["job", "stop"], ["job", "run", "--idempotency-key", "nightly"],
        ["job", "run", "--idempotency-key", "auto"],
    ])
    func `a call that does no harm twice is made again`(words: [String]) async throws {
        let puppet = try breakingOnce()
        let program = try puppet.begin(words[0], words[1], "-o", "json", words: words.dropFirst(2))
        let first = try await puppet.next()
        let second = try await puppet.next()
        #expect(first.method == second.method && first.params == second.params)
        #expect(try await program.ending() == .exited(0))
        #expect(puppet.errors == "connection lost; calling again\n")
        puppet.stop()
    }

    @Test func `a call that may do harm twice is made once`() async throws {
        let puppet = try breakingOnce()
        let program = try puppet.begin("job", "run")
        #expect(try await puppet.next().method == "job.run")
        #expect(try await program.ending() == .exited(2))
        #expect(puppet.errors.contains("closed the connection before it answered job.run"))
        #expect(!puppet.errors.contains("calling again"))
        puppet.stop()
    }

    @Test func `a daemon that breaks each time is given up`() async throws {
        let puppet = try Puppet { _ in .last("") }
        let program = try puppet.begin("job", "list")
        #expect(try await program.ending() == .exited(2))
        #expect(puppet.errors.split(separator: "\n").filter { $0.contains("again") }.count == 5)
        #expect(puppet.errors.contains("closed the connection before it answered job.list"))
        puppet.stop()
    }
}
