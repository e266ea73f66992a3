import Foundation
import Glibc
import OpsJSONRPC
import Testing

@testable import OpsCore

@Suite struct ExternalEventTests {
    private typealias Fixture = ExternalFixture
    private static let listens = #"requires={"subscribe":["news.*"]}"#

    private static func listener(
        _ how: String..., policy: JSON.Object = [:]
    ) throws -> PluginConfiguration {
        try Fixture.animal(
            "cat", [listens] + how, grants: try Fixture.grants(["subscribe": ["news.*"]])
        ) {
            if !policy.isEmpty { $0.policy = try Fixture.policy(policy) }
        }
    }

    private func announce(_ count: Int, _ platform: Platform) async throws {
        for number in 0..<count {
            _ = try await platform.store.write(as: .system, reason: "test") {
                try $0.announce("news.flash", nil, ["number": .number(.init(number))])
                try $0.announce("gossip.heard", nil, [:])
            }
        }
    }

    /// The numbers of the events that the plugin has written down.
    private func handled(_ fixture: ExternalFixture) -> [Int] {
        let text = try? String(
            contentsOfFile: fixture.folder.folder + "/plugins/cat/events", encoding: .utf8)
        return (text ?? "").split(separator: "\n").compactMap {
            Int($0.split(separator: " ")[0])
        }
    }

    private func untilSaved(_ seq: Int64, _ platform: Platform) async throws {
        let values = PluginValues(store: platform.store, plugin: "cat")
        while try await values.cursor() ?? 0 < seq { await Task.yield() }
    }

    @Test func `events of its topics are delivered in order`() async throws {
        let fixture = try Fixture()
        try await fixture.run(try Self.listener()) { platform in
            let first = Int(platform.store.lastEventSequence) + 1
            try await announce(100, platform)
            try await untilSaved(Int64(first + 198), platform)
            #expect(handled(fixture) == (0..<100).map { first + 2 * $0 })
        }
    }

    @Test func `a plugin that dies gets again what it had not handled, and misses nothing`()
        async throws
    {
        let fixture = try Fixture()
        try await fixture.run(try Self.listener()) { platform in
            let first = Int(platform.store.lastEventSequence) + 1
            for round in 1...4 {
                try await announce(25, platform)
                kill(try await platform.pid(), SIGKILL)
                await fixture.logged("info: started", times: round + 1)
            }
            try await untilSaved(Int64(first + 198), platform)
            #expect(Set(handled(fixture)) == Set((0..<100).map { first + 2 * $0 }))
        }
    }

    @Test func `what happens while it does not run is delivered later`() async throws {
        let fixture = try Fixture()
        try await fixture.run(try Self.listener()) { _ in }
        try await fixture.run { platform in try await announce(3, platform) }
        try await fixture.run(try Self.listener()) { platform in
            try await untilSaved(platform.store.lastEventSequence - 1, platform)
            #expect(handled(fixture).count == 3)
        }
    }

    @Test func `a slow plugin is given a few at a time`() async throws {
        let fixture = try Fixture()
        try await fixture.run(try Self.listener("holds_events")) { platform in
            try await announce(50, platform)
            var waiting = 0
            while waiting < 32 {
                waiting = try await platform.call("cat.told")["waiting"]?.array?.count ?? 0
            }
            try await announce(5, platform)
            waiting = try await platform.call("cat.told")["waiting"]?.array?.count ?? 0
            #expect(waiting == 32)
        }
    }

    @Test func `small events do not overtake a large one that finds no room`() async throws {
        let fixture = try Fixture()
        let entry = try Self.listener(policy: ["max_queue_bytes": 1024])
        try await fixture.run(entry) { platform in
            let large = JSON.string(String(repeating: "x", count: 600))
            let sequence = platform.store.lastEventSequence
            _ = try await platform.store.write(as: .system, reason: "test") {
                for text in [large, large, "a", "b"] {
                    try $0.announce("news.flash", nil, ["text": text])
                }
            }
            try await untilSaved(sequence + 4, platform)
            #expect(handled(fixture) == (1...4).map { Int(sequence) + $0 })
        }
    }

    @Test func `an event that is too large for the plugin does not stop the others`() async throws {
        let fixture = try Fixture()
        let entry = try Self.listener(policy: ["max_frame_bytes": 8192])
        try await fixture.run(entry) { platform in
            let large = JSON.string(String(repeating: "x", count: 10_000))
            let sequence = platform.store.lastEventSequence
            _ = try await platform.store.write(as: .system, reason: "test") {
                for text in ["a", large, "b"] {
                    try $0.announce("news.flash", nil, ["text": text])
                }
            }
            try await untilSaved(sequence + 3, platform)
            #expect(handled(fixture) == [Int(sequence) + 1, Int(sequence) + 3])
            #expect(fixture.has("event \(sequence + 2) news.flash was not handled"))
        }
    }

    @Test func `a plugin is told of events that are no longer kept`() async throws {
        let fixture = try Fixture()
        try await fixture.run(try Self.listener()) { _ in }
        var first: Int64 = 0
        try await fixture.run { platform in
            first = platform.store.lastEventSequence + 1
            try await announce(3, platform)
            try await platform.store.writeUnaudited { [first] in
                try $0.execute("DELETE FROM event WHERE seq < ?", first + 4)
            }
        }
        try await fixture.run(try Self.listener()) { platform in
            try await untilSaved(first + 4, platform)
            #expect(handled(fixture) == [Int(first) + 4])
            let told = try await platform.call("cat.told")["told"]
            #expect(told?[0]?[0] == "event.lost")
            #expect(told?[0]?[1]?["reason"] == "retention")
            #expect(told?[0]?[1]?["resume_seq"]?.int == Int(first) + 4)
            #expect(fixture.has("are no longer kept"))
        }
    }

    @Test func `a plugin that does not answer for its events is seen`() async throws {
        let fixture = try Fixture()
        let entry = try Self.listener("holds_events", policy: ["call_timeout_ms": 50])
        try await fixture.run(entry) { platform in
            let seq = platform.store.lastEventSequence + 1
            try await announce(1, platform)
            await fixture.logged("event \(seq) news.flash has not been handled within 50 ms")
            #expect(try await platform.call("plugin.get", ["plugin": "cat"])["late_events"] == 1)
        }
    }

    @Test func `an event that the plugin refuses is logged and not repeated`() async throws {
        let fixture = try Fixture()
        try await fixture.run(try Self.listener("refuses_events")) { platform in
            try await announce(2, platform)
            await fixture.logged("was not handled: no", times: 2)
            try await untilSaved(platform.store.lastEventSequence - 1, platform)
        }
    }

    @Test func `its own events are announced in its name`() async throws {
        let fixture = try Fixture()
        let entry = try Fixture.animal(
            "cat", ["events=cat.purred"], grants: try Fixture.grants(["emit": ["cat.*"]]))
        try await fixture.run(entry) { platform in
            let answer = try await platform.call(
                "cat.ask",
                [
                    "method": "event.emit",
                    "params": ["topic": "cat.purred", "ref": "cat:1", "data": ["loud": true]],
                ])
            let seq = try #require(answer["answer"]?["seq"])
            let events = try await platform.call("event.read", ["from_seq": seq])
            #expect(events["items"]?[0]?["topic"] == "cat.purred")
            #expect(events["items"]?[0]?["data"] == ["loud": true])
            let audit = try await platform.call("audit.list", ["principal": "plugin:cat"])
            #expect(audit["items"]?[0]?["action"] == "event.emit")
        }
    }
}
