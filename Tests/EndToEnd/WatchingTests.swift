import Glibc
import OpsJSONRPC
import TestClient
import Testing

/// The story that OpsLoop is for: a service breaks, somebody is told, it recovers.
@Suite("Watching", .timeLimit(.minutes(3)))
struct WatchingTests {
    private func watch(_ web: WebServer, on daemon: Daemon) async throws {
        let created = try await daemon.opsloop(
            "check", "create", "--name", "web", "--type", "http", "--url", web.url,
            "--interval-ms", "200", "--retry-interval", "1h", "--max-attempts", "3")
        #expect(created.exit == 0, "\(created.errors)")
        #expect(created.output.contains("check:1"))
        let ok = try await daemon.check("web") { $0["state"] == "ok" }
        #expect(ok["state_type"] == "hard")
        #expect(ok["output"]?.string?.contains("200") == true)
    }

    private func run(_ daemon: Daemon) async throws -> JSON {
        let outcome = try await daemon.opsloop("check", "run", "web", "--output", "json")
        #expect(outcome.exit == 0, "\(outcome.errors)")
        return outcome.json
    }

    @Test func `a web server that stops is seen soft, then hard, is announced, and recovers`()
        async throws
    {
        try await Daemon.run { daemon in
            try await WebServer.run { web in
                try await watch(web, on: daemon)
                let next = try await daemon.connect().call("event.read")["next_seq"]?.int ?? 0
                let follow = try daemon.begin([
                    "event", "follow", "--topics", "check.state_changed", "--count", "2",
                    "--from-seq", "\(next)", "--output", "jsonl",
                ]).program

                await web.stop()
                let soft = try await daemon.check("web") { $0["state"] == "critical" }
                #expect(soft["state_type"] == "soft")
                #expect(soft["attempt"] == 1)
                #expect(soft["output"]?.string?.isEmpty == false)
                let second = try await run(daemon)
                #expect(second["state_type"] == "soft")
                #expect(second["attempt"] == 2)
                #expect(try await run(daemon)["state_type"] == "hard")

                let event = try JSON.parse(try #require(try await follow.line()))
                #expect(event["topic"] == "check.state_changed")
                #expect(event["ref"] == "check:1")
                #expect(event["data"]?["name"] == "web")
                #expect(event["data"]?["state"] == "critical")
                #expect(event["data"]?["previous_state"] == "ok")

                try await web.start()
                #expect(try await run(daemon)["state"] == "ok")
                let recovery = try JSON.parse(try #require(try await follow.line()))
                #expect(recovery["data"]?["state"] == "ok")
                #expect(recovery["data"]?["previous_state"] == "critical")
                #expect(try await follow.line() == nil)
                #expect(try await follow.ending() == .exited(0))
                try await expectHistory(on: daemon)
            }
        }
    }

    private func expectHistory(on daemon: Daemon) async throws {
        let history = try await daemon.opsloop("check", "history", "web", "--output", "json")
        let states = history.json["items"]?.array?.map { $0["state"]?.string }
        #expect(states?.prefix(2) == ["ok", "critical"])
        let series = try await daemon.opsloop(
            "metric", "query", #"check_state{check="web"}"#, "--output", "json")
        let points = series.json["items"]?[0]?["points"]?.array ?? []
        let values = points.compactMap { $0[1]?.int }
        #expect(values.contains(0) && values.contains(2), "\(series.output)")
        let board = try await daemon.opsloop("status")
        #expect(board.exit == 0)
        #expect(board.output.contains("web"))
    }

    @Test func `a reader of events that is slow misses none`() async throws {
        try await Daemon.run { daemon in
            let count = 60
            let follow = try daemon.begin([
                "event", "follow", "--from-seq", "1", "--count", "\(count)", "--output", "jsonl",
            ]).program
            // Far more than the megabyte that may wait, and nobody reads it yet.
            let long = JSON.string(String(repeating: "x", count: 1000))
            let labels = JSON.Object((1...60).map { ("label-\($0)", long) })
            let client = try daemon.connect()
            for number in 1...count {
                try await client.call(
                    "check.create",
                    [
                        "name": .string("job \(number)"), "type": "heartbeat",
                        "labels": .object(labels),
                    ])
            }
            for number in 1...count {
                let event = try JSON.parse(try #require(try await follow.line()))
                #expect(event["seq"]?.int == number)
            }
            #expect(try await follow.ending() == .exited(0))
        }
    }

    @Test func `everything that was changed names who changed it`() async throws {
        try await Daemon.run { daemon in
            let created = try await daemon.opsloop(
                "check", "create", "--name", "job", "--type", "heartbeat")
            #expect(created.exit == 0, "\(created.errors)")
            let rows = try await daemon.opsloop(
                "audit", "list", "--ref", "check:1", "--output", "json")
            #expect(rows.json["items"]?[0]?["principal"]?.string == "uid:\(getuid())")
            #expect(rows.json["items"]?[0]?["after"]?["name"] == "job")
        }
    }
}
