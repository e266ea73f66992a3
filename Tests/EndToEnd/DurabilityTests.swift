import Glibc
import OpsJSONRPC
import TestClient
import Testing

/// What was acknowledged is there after `kill -9` at any moment.
@Suite("Durability", .timeLimit(.minutes(3)))
struct DurabilityTests {
    /// Creates one check after the other until the daemon is gone; returns those acknowledged.
    private static func create(
        _ prefix: String, _ client: TestClient, onAcknowledged: @Sendable () -> Void
    ) async -> Set<String> {
        var acknowledged: Set<String> = []
        while true {
            let name = "\(prefix)-\(acknowledged.count)"
            do {
                try await client.call("check.create", ["name": .string(name), "type": "heartbeat"])
            } catch {
                return acknowledged
            }
            acknowledged.insert(name)
            onAcknowledged()
        }
    }

    /// Kills the daemon while four clients write, once `count` writes are acknowledged.
    private func crash(
        _ daemon: Daemon, round: Int, after count: Int
    ) async throws -> Set<String> {
        let clients = try (1...4).map { _ in try daemon.connect() }
        let program = daemon.program
        let counter = Countdown(count) { program.send(SIGKILL) }
        let acknowledged = await withTaskGroup(of: Set<String>.self) { group in
            for (number, client) in clients.enumerated() {
                group.addTask {
                    await Self.create("r\(round)-c\(number)", client) { counter.tick() }
                }
            }
            return await group.reduce(into: Set()) { $0.formUnion($1) }
        }
        #expect(try await program.ending() == .signalled(SIGKILL))
        return acknowledged
    }

    private func stored(_ daemon: Daemon) async throws -> Set<String> {
        let client = try daemon.connect()
        var names: Set<String> = []
        var params: JSON.Object = ["limit": 1000]
        while true {
            let page = try await client.call("check.list", params)
            for item in page["items"]?.array ?? [] { names.insert(item["name"]?.string ?? "") }
            guard let cursor = page["next_cursor"]?.string else { return names }
            params["cursor"] = .string(cursor)
        }
    }

    @Test func `every acknowledged check is there after kill -9 at random moments`() async throws {
        try await Daemon.run { daemon in
            var acknowledged: Set<String> = []
            for round in 1...4 {
                let count = Int.random(in: 1...80)
                acknowledged.formUnion(try await crash(daemon, round: round, after: count))
                try await daemon.start()
                let missing = acknowledged.subtracting(try await stored(daemon))
                #expect(missing.isEmpty, "acknowledged and lost after \(count) writes")
            }
            #expect(acknowledged.count >= 4)
            let events = try await daemon.connect().call(
                "event.read", ["from_seq": 1, "topics": ["check.created"], "limit": 1000])
            let announced = Set(
                (events["items"]?.array ?? []).compactMap { $0["data"]?["name"]?.string })
            #expect(acknowledged.subtracting(announced).isEmpty)
        }
    }

    @Test func `what the command line was promised is there after kill -9`() async throws {
        try await Daemon.run { daemon in
            for number in 1...3 {
                let created = try await daemon.opsloop(
                    "check", "create", "--name", "job \(number)", "--type", "heartbeat")
                #expect(created.exit == 0, "\(created.errors)")
                try await daemon.crash()
                try await daemon.start()
                let found = try await daemon.opsloop("check", "get", "job \(number)")
                #expect(found.exit == 0, "\(found.errors)")
            }
        }
    }

    @Test func `soft attempts, states and history survive kill -9`() async throws {
        try await Daemon.run { daemon in
            let client = try daemon.connect()
            for name in ["soft", "hard"] {
                try await client.call(
                    "check.create",
                    [
                        "name": .string(name), "type": "heartbeat", "interval_ms": 3_600_000,
                        "max_attempts": name == "soft" ? 4 : 1,
                    ])
            }
            for name in ["soft", "soft", "hard"] {
                try await client.call(
                    "check.submit",
                    ["check": .string(name), "state": "critical", "output": "It burns."])
            }
            try await daemon.crash()
            try await daemon.start()
            try await expectSurvivors(try daemon.connect())
        }
    }

    private func expectSurvivors(_ client: TestClient) async throws {
        let soft = try await client.call("check.get", ["check": "soft"])
        #expect(soft["state"] == "critical")
        #expect(soft["state_type"] == "soft")
        #expect(soft["attempt"] == 2)
        #expect(soft["output"] == "It burns.")
        let next = try await client.call("check.submit", ["check": "soft", "state": "critical"])
        #expect(next["attempt"] == 3)
        let hard = try await client.call("check.get", ["check": "hard"])
        #expect(hard["state"] == "critical")
        #expect(hard["state_type"] == "hard")
        let history = try await client.call("check.history", ["check": "hard"])
        #expect(history["items"]?[0]?["state"] == "critical")
        #expect(history["items"]?[0]?["output"] == "It burns.")
    }

    @Test(.enabled(if: SmallDisk.canMount, "a small file system can't be mounted here"))
    func `a full disk refuses writes, and takes them again once there is space`() async throws {
        try await Daemon.run { daemon in
            #expect(try await daemon.stop() == .exited(0))
            let disk = try await SmallDisk(at: daemon.data, kilobytes: 4096)
            do {
                try await daemon.start()
                try await expectRefusalUntilThereIsSpace(daemon, disk)
            } catch {
                await daemon.program.end()
                await disk.unmount()
                throw error
            }
            await daemon.program.end()
            await disk.unmount()
        }
    }

    private func expectRefusalUntilThereIsSpace(_ daemon: Daemon, _ disk: SmallDisk) async throws {
        let client = try daemon.connect()
        try await client.call("check.create", ["name": "before", "type": "heartbeat"])
        disk.fill()
        let error = try await refusal(client)
        #expect(error.code == 1015)
        #expect(error.kind == "storage_full")
        #expect(error.retryable)
        #expect(error.hint == "Free some space and repeat the call.")
        let shown = try await daemon.opsloop("check", "get", "before")
        #expect(shown.exit == 0, "reading goes on: \(shown.errors)")
        disk.free()
        try await client.call("check.create", ["name": "after", "type": "heartbeat"])
        try await daemon.crash()
        try await daemon.start()
        for name in ["before", "after"] {
            try await daemon.connect().call("check.get", ["check": .string(name)])
        }
    }

    /// Creates checks until one is refused: the database has some room of its own.
    private func refusal(_ client: TestClient) async throws -> RPCError {
        let labels: JSON.Object = ["filler": .string(String(repeating: "x", count: 900))]
        for number in 1...5000 {
            do {
                try await client.call(
                    "check.create",
                    [
                        "name": .string("filler \(number)"), "type": "heartbeat",
                        "labels": .object(labels),
                    ])
            } catch let error as RPCError {
                return error
            }
        }
        throw TestFailure("the disk is never full")
    }
}
