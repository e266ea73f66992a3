import OpsJSONRPC
import TestClient
import Testing

@testable import OpsPluginKit

/// What crosses between a plugin's type that is served as a program and its host.
@Suite("A plugin's type as a program", .timeLimit(.minutes(1)))
struct ServedPluginTests {
    private let folder: KitFolder

    init() throws { folder = try KitFolder() }

    private func started(_ answers: JSON.Object = [:]) throws -> Conversation {
        let run = Conversation(
            InProcessPlugin(RelayPlugin.self), host: HostStand(answers: answers))
        _ = try run.result(
            "plugin.start", ["config": [:], "state_dir": .string(folder.path), "grants": [:]])
        return run
    }

    private func end(_ run: Conversation) throws {
        run.endpoint.endInput()
        try run.untilEnd(withinMs: 5000)
    }

    @Test func `methods of others are asked of the host`() async throws {
        try await aside {
            let run = try started(["check.list": ["items": []]])
            #expect(try run.result("relay.ask") == ["text": #"{"items":[]}"#])
            #expect(run.transcript.contains { $0.contains(#""params":{"limit":1}"#) })
            try end(run)
        }
    }

    @Test func `the host's error is the caller's error`() async throws {
        try await aside {
            let run = try started()
            guard case .failure(let error) = try run.call("relay.ask") else {
                Issue.record("the host has no check.list")
                return
            }
            #expect(error.code == -32601)
            try end(run)
        }
    }

    @Test func `what it announces is emitted in order, and only once`() async throws {
        try await aside {
            let first = try started()
            for text in ["a", "b"] {
                _ = try first.result("relay.announce", ["text": .string(text)])
            }
            try until(first) { first.claims.count == 2 }
            try end(first)
            let second = try started()
            _ = try second.result("relay.announce", ["text": "c"])
            try until(second) { !second.claims.isEmpty }
            try end(second)
            #expect(emitted(first.transcript + second.transcript) == ["a", "b", "c"])
        }
    }

    @Test func `it hears the host's events in the order in which they came`() async throws {
        try await aside {
            let run = try started()
            let topics = (100..<400).map { "check.event\($0)" }
            let begun = try topics.enumerated().map { index, topic in
                try run.begin(
                    "event.deliver",
                    [
                        "seq": .number(JSON.Number(index + 1)), "at": "2026-01-31T08:00:00.000Z",
                        "topic": .string(topic), "ref": nil, "data": [:],
                    ])
            }
            for id in begun { #expect(try run.answer(to: id) == .success([:])) }
            let all: JSON = ["text": .string(topics.joined(separator: ","))]
            try until(run) {
                try run.result("relay.heard")["text"]?.string?.hasSuffix("399") == true
            }
            #expect(try run.result("relay.heard") == all)
            try end(run)
        }
    }

    @Test func `its own events that come back are neither heard nor emitted again`() async throws {
        try await aside {
            let run = try started()
            _ = try run.result("relay.announce", ["text": "a"])
            try until(run) { run.claims.count == 1 }
            let event: JSON = [
                "seq": 7, "at": "2026-01-31T08:00:00.000Z", "topic": "relay.announced",
                "ref": nil, "data": ["text": "a"],
            ]
            _ = try run.result("event.deliver", event)
            _ = try run.result("relay.announce", ["text": "b"])
            try until(run) { emitted(run.transcript).contains("b") }
            #expect(emitted(run.transcript) == ["a", "b"])
            let heard = try run.result("relay.heard")
            #expect(heard == ["text": "relay.announced,relay.announced"])
            try end(run)
        }
    }

    @Test func `a dry run announces nothing`() async throws {
        try await aside {
            let run = try started()
            _ = try run.result("relay.announce", ["text": "a", "_meta": ["dry_run": true]])
            _ = try run.result("relay.announce", ["text": "b"])
            try until(run) { !run.claims.isEmpty }
            #expect(!run.transcript.contains { $0.contains("event.emit") && $0.contains(#""a""#) })
            try end(run)
        }
    }

    @Test func `it hears the host's events`() async throws {
        try await aside {
            let run = try started()
            let event: JSON = [
                "seq": 7, "at": "2026-01-31T08:00:00.000Z", "topic": "check.created",
                "ref": "check:1", "data": [:],
            ]
            _ = try run.result("event.deliver", event)
            try until(run) { try run.result("relay.heard") == ["text": "check.created"] }
            try end(run)
        }
    }

    @Test func `it is as well as its loop`() async throws {
        try await aside {
            let run = try started()
            let held = try run.begin("relay.hold")
            Hold.untilHeld()
            let health = try run.begin("plugin.health")
            // What does without the loop is answered all the time.
            for _ in 1...200 { _ = try run.result("plugin.describe") }
            #expect(!run.transcript.contains { $0.hasPrefix("<") && $0.contains(#""ok""#) })
            Hold.release()
            #expect(try run.answer(to: health) == .success(["ok": true]))
            _ = try run.answer(to: held)
            try end(run)
        }
    }

    @Test func `its hooks continue, replace and reject`() async throws {
        try await aside {
            let run = try started()
            func ask(_ payload: JSON) throws -> JSON {
                try run.result("hook.call", ["hook": "check.before_create", "payload": payload])
            }
            #expect(try ask([:]) == ["action": "continue"])
            #expect(try ask(["name": "web"]) == ["action": "replace", "payload": ["name": "web!"]])
            let rejected = try ask(["name": "bad"])
            #expect(rejected["action"] == "reject")
            #expect(rejected["error"]?["message"] == "No such name.")
            try end(run)
        }
    }

    @Test func `its manifest says what it wants`() async throws {
        try await aside {
            let run = try started()
            let manifest = try run.result("plugin.describe")
            #expect(manifest["requires"]?["call"] == ["check.list"])
            #expect(manifest["requires"]?["subscribe"] == ["check.*", "relay.*"])
            #expect(manifest["hooks"] == [["name": "check.before_create"]])
            #expect(ManifestCheck(manifest, isBundled: false).complaints == [])
            try end(run)
        }
    }

    /// The texts of the events that the host was given, in order.
    private func emitted(_ transcript: [String]) -> [String] {
        transcript.filter { $0.contains("event.emit") }
            .compactMap { try? JSON.parse(String($0.dropFirst(2))) }
            .compactMap { $0["params"]?["data"]?["text"]?.string }
    }

    /// Asks the plugin something, again and again, until it is as the test waits for.
    private func until(_ run: Conversation, _ isSo: () throws -> Bool) throws {
        for _ in 1...5000 where try !isSo() { _ = try run.result("plugin.health") }
        #expect(try isSo())
    }
}
