import Glibc
import OpsJSONRPC
import TestClient
import Testing

@testable import OpsEmbed

/// OpsLoop inside of programs that are not ours: in C, Swift and Python.
@Suite("Embedding", .timeLimit(.minutes(5)))
struct EmbeddingTests {
    private static let hosts = "Tests/Support/EmbedHosts/"
    private static let strace = access("/usr/bin/strace", X_OK) == 0

    // MARK: - The examples

    @Test func `the C example with a thread calls, offers a method and follows events`()
        async throws
    {
        let program = try await ExampleBuild.shared.c("Examples/EmbeddedHost-C/own_thread.c")
        let run = try await HostRun([program, "DATA"])
        #expect(run.ending == .exited(0), "\(run.errors)")
        #expect(run.lines.contains { $0.contains(#""result":{"greeting":"hello"}"#) })
        #expect(run.lines.contains { $0.contains(#""path":"name","reason":"is required""#) })
        #expect(run.lines.contains { $0.contains(#""topic":"greeter.greeted""#) })
        #expect(run.lines.last == "events 1, ended 1")
    }

    @Test func `the C example with a poll loop of its own is answered on that loop`()
        async throws
    {
        let program = try await ExampleBuild.shared.c("Examples/EmbeddedHost-C/own_loop.c")
        let run = try await HostRun([program, "DATA"])
        #expect(run.ending == .exited(0), "\(run.errors)")
        #expect(run.output.contains(#"ping {"jsonrpc":"2.0","id":"a","result":{"pong":true}}"#))
        #expect(run.output.contains(#"unknown {"jsonrpc":"2.0","id":"b","error":{"code":-32601"#))
    }

    @Test func `the Python example calls, follows and is refused the folder twice`() async throws {
        let library = try await ExampleBuild.shared.library() + "/libopsloop.so"
        let script = Programs.repository + "/Examples/embedded_host.py"
        let run = try await HostRun(["python3", script, library, "DATA"])
        #expect(run.ending == .exited(0), "\(run.errors)")
        #expect(run.lines.first?.hasPrefix("version ") == true)
        let rest = ["created check:1", "check.created", "refused 1004", "second in_use"]
        #expect(Set(run.lines.dropFirst().dropLast()) == Set(rest))
        #expect(run.lines.last == "ended True")
    }

    @Test func `the Swift example has a plugin, typed calls, events and two platforms`()
        async throws
    {
        let program = try await ExampleBuild.shared.swift("EmbeddedHost-Swift")
        let run = try await HostRun([program, "DATA"])
        #expect(run.ending == .exited(0), "\(run.errors)")
        let expected = [
            "wrote note:1", "note.written note:1", "wrote note:2", "note.written note:2",
            "refused: text is required", "second: in use",
        ]
        #expect(Set(run.lines.dropLast()) == Set(expected))
        #expect(run.lines.last == #"other: {"items":[]}"#)
    }

    // MARK: - The library

    @Test func `the library keeps what its header promises`() async throws {
        let program = try await ExampleBuild.shared.c(Self.hosts + "contract.c")
        let run = try await HostRun([program, "DATA"])
        #expect(run.ending == .exited(0), "\(run.errors)")
        #expect(run.lines == ["kept"])
    }

    /// The moment between the look at the state and the subscription, which no C program can hit.
    @Test func `whoever subscribes after the stop has begun is refused`() async throws {
        let subscriptions = Subscriptions()
        let first = subscriptions.add { _ in Task {} }
        #expect(first == 1)
        await subscriptions.end()
        let late = subscriptions.add { _ in
            Issue.record("nobody would end it")
            return Task {}
        }
        #expect(late == nil)
    }

    @Test func `coming and going leaves no descriptor, no thread and no memory behind`()
        async throws
    {
        let program = try await ExampleBuild.shared.c(Self.hosts + "churn.c")
        let run = try await HostRun([program, "DATA", "200"])
        #expect(run.ending == .exited(0), "\(run.errors)")
        let report = run.report
        let descriptors = ["fds_before", "fds_after"].compactMap { report[$0]?.int }
        #expect(descriptors.count == 2 && descriptors[0] >= descriptors[1], "\(report.text)")
        let grown = (report["bytes_after"]?.int ?? .max) - (report["bytes_before"]?.int ?? 0)
        // What threads keep for their next allocation comes and goes; a leak of one object a round
        // does not.
        #expect(grown < 1_500_000, "\(report.text)")
    }

    @Test func `the library exports its functions and nothing else`() async throws {
        let library = try await ExampleBuild.shared.library()
        let listed = try await HostRun([
            "nm", "--dynamic", "--defined-only", "--format=posix", library + "/libopsloop.so",
        ])
        let names = listed.lines.compactMap { $0.split(separator: " ").first }
            .map { String($0.prefix { $0 != "@" }) }.filter { $0 != "OPSLOOP_0" }
        let header = try Document.text(
            of: Programs.repository + "/Sources/Embed/include/opsloop.h")
        let declared = header.matches(of: /\b(opsloop_[a-z_]+)\(\n?\s*(opsloop|const|void|char)/)
            .map { String($0.output.1) }
        #expect(Set(names) == Set(declared))
        #expect(Set(names).count >= 17)
    }

    @Test(.enabled(if: strace))
    func `the library handles no signals and writes nothing to the standard streams`()
        async throws
    {
        let program = try await ExampleBuild.shared.c(Self.hosts + "churn.c")
        let folder = try TemporaryFolder()
        let trace = folder.file("trace")
        let calls = "trace=rt_sigaction,signal,write,writev,sendmsg,sendto,exit_group,chdir"
        let run = try await HostRun([
            "strace", "-f", "-qq", "-e", calls, "-e", "signal=none", "-o", trace, program, "DATA",
            "4",
        ])
        #expect(run.ending == .exited(0), "\(run.errors)")
        let lines = folder.read("trace").split(separator: "\n")
        #expect(!lines.isEmpty)
        // The C library takes a real-time signal for itself when the first thread starts.
        let handlers = lines.filter { $0.contains("rt_sigaction(") && !$0.contains("(SIGRT_") }
        #expect(handlers.isEmpty)
        // The program itself writes its report, once.
        let written = lines.filter { $0.contains(/write[v]?\([12],/) }
        #expect(written.count == 1 + run.errors.split(separator: "\n").count, "\(written)")
        #expect(!lines.contains { $0.contains("chdir(") })
    }
}
