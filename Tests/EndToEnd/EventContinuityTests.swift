import Glibc
import OpsJSONRPC
import TestClient
import Testing

/// Who follows the events through crashes of the daemon sees each of them once.
@Suite("Events across crashes", .timeLimit(.minutes(3)))
struct EventContinuityTests {
    /// What a reader has seen.
    private struct Seen: Sendable {
        var seqs: [Int] = []
        var names: Set<String> = []

        var next: JSON { .number(JSON.Number((seqs.last ?? 0) + 1)) }

        mutating func add(_ event: JSON?) {
            seqs.append(event?["seq"]?.int ?? -1)
            if event?["topic"] == "check.created", let name = event?["data"]?["name"]?.string {
                names.insert(name)
            }
        }
    }

    /// Creates checks until the daemon is gone; returns those acknowledged.
    private static func write(
        _ prefix: String, _ client: TestClient, onAcknowledged: @Sendable () -> Void
    ) async -> Set<String> {
        var acknowledged: Set<String> = []
        while true {
            let name = "\(prefix)-\(acknowledged.count)"
            let params: JSON.Object = ["name": .string(name), "type": "heartbeat"]
            guard (try? await client.call("check.create", params)) != nil else {
                return acknowledged
            }
            acknowledged.insert(name)
            onAcknowledged()
        }
    }

    /// Follows by subscription until the daemon is gone.
    private static func follow(_ client: TestClient, _ seen: Seen) async -> Seen {
        var seen = seen
        _ = try? await client.call("event.subscribe", ["from_seq": seen.next])
        while let notice = try? await client.notification() { seen.add(notice["params"]) }
        return seen
    }

    /// Follows by long polls until the daemon is gone.
    private static func poll(_ client: TestClient, _ seen: Seen) async -> Seen {
        var seen = seen
        var params: JSON.Object = ["from_seq": seen.next, "wait_ms": 20_000, "limit": 7]
        while let page = try? await client.call("event.read", params) {
            for event in page["items"]?.array ?? [] { seen.add(event) }
            params["from_seq"] = page["next_seq"]
        }
        return seen
    }

    @Test func `subscribers and long polls see every event once, through kill -9`() async throws {
        try await Daemon.run { daemon in
            var (followed, polled) = (Seen(), Seen())
            var acknowledged: Set<String> = []
            for round in 1...4 {
                let program = daemon.program
                let counter = Countdown(Int.random(in: 20...120)) { program.send(SIGKILL) }
                let clients = try (0..<4).map { _ in try daemon.connect() }
                async let first = Self.write("r\(round)a", clients[0]) { counter.tick() }
                async let second = Self.write("r\(round)b", clients[1]) { counter.tick() }
                async let following = Self.follow(clients[2], followed)
                async let polling = Self.poll(clients[3], polled)
                acknowledged.formUnion(await first)
                acknowledged.formUnion(await second)
                (followed, polled) = (await following, await polling)
                #expect(try await program.ending() == .signalled(SIGKILL))
                try await daemon.start()
            }
            try await expectWhole(followed, polled, acknowledged, try daemon.connect())
        }
    }

    /// Lets both readers come to the end of the log, and looks for gaps and duplicates.
    private func expectWhole(
        _ followed: Seen, _ polled: Seen, _ acknowledged: Set<String>, _ client: TestClient
    ) async throws {
        let last = (try await client.call("event.read", ["limit": 1])["next_seq"]?.int ?? 0) - 1
        for seen in [followed, polled] {
            var seen = seen
            let name = try await client.call("event.subscribe", ["from_seq": seen.next])
            while (seen.seqs.last ?? 0) < last {
                seen.add(try await client.notification()["params"])
            }
            try await client.call(
                "event.unsubscribe", ["subscription": name["subscription"] ?? .null])
            #expect(seen.seqs == Array(1...last))
            #expect(acknowledged.subtracting(seen.names).isEmpty)
        }
    }
}
