import OpsJSONRPC
import Testing

@testable import OpsCore
@testable import OpsMonitoring

/// From runs to states, history and events, over a real database.
@Suite struct CheckStateTests {
    @Test func `A new check is pending until its first result`() async throws {
        try await MonitoringFixture.run { fixture in
            let stage = Stage("pending", "h")
            let created = try await fixture.create(MonitoringFixture.wish("web", on: "pending"))
            #expect(created.status == "pending soft 1")
            #expect(created["last_check_at"] == .null)
            await stage.began(1)
            #expect(try await fixture.status("web") == "pending soft 1")
            stage.release(.ok)
            await fixture.service.settle()
            #expect(try await fixture.status("web") == "ok hard 1")
            #expect(try await fixture.announced().isEmpty)
        }
    }

    @Test func `A problem is retried, turns hard, is announced, and so is its end`() async throws {
        try await MonitoringFixture.run { fixture in
            let stage = Stage("sequence", "o")
            stage.play("occcco")
            try await fixture.create(MonitoringFixture.wish("web", on: "sequence"))
            await fixture.pass(.seconds(1))
            #expect(try await fixture.status("web") == "ok hard 1")

            while stage.runs < 2 { await fixture.pass(.seconds(1)) }
            #expect(try await fixture.status("web") == "critical soft 1")
            await fixture.pass(.seconds(10))
            #expect(try await fixture.status("web") == "critical soft 2")
            #expect(try await fixture.announced().isEmpty)
            await fixture.pass(.seconds(10))
            #expect(stage.runs == 4)
            #expect(try await fixture.status("web") == "critical hard 3")
            #expect(try await fixture.announced() == ["ok>critical"])

            while stage.runs < 6 { await fixture.pass(.seconds(1)) }
            #expect(try await fixture.status("web") == "ok hard 1")
            #expect(try await fixture.announced() == ["ok>critical", "critical>ok"])
        }
    }

    @Test func `History and events of a hard change say the same`() async throws {
        try await MonitoringFixture.run { fixture in
            _ = Stage("history", "occo")
            try await fixture.create(
                MonitoringFixture.wish("web", on: "history") {
                    $0.maxAttempts = 2
                    $0.labels = ["site": "ulm"]
                })
            await fixture.pass(.seconds(300))
            let history = try await fixture.history("web")
            #expect(history.map(\.state) == [.ok, .critical])
            #expect(history.map(\.previousState) == [.critical, .ok])
            #expect(history.map(\.attempt) == [1, 2])
            #expect(history.last?.output == "run 3 is critical")

            let event = try #require(try await fixture.events().first)
            #expect(event.ref == Ref("check", 1))
            #expect(event.data["name"] == "web")
            #expect(event.data["check"] == "check:1")
            #expect(event.data["labels"]?["site"] == "ulm")
            #expect(event.data["output"] == "run 3 is critical")
            #expect(event.data["at"]?.string == history.last?.at.description)
        }
    }

    @Test func `Steady results do not touch the store but are shown`() async throws {
        try await MonitoringFixture.run { fixture in
            let stage = Stage("steady", "o")
            try await fixture.create(MonitoringFixture.wish("web", on: "steady"))
            await fixture.pass(.seconds(1))
            let writes = fixture.store.statistics.writes
            await fixture.pass(.seconds(600))
            #expect(stage.runs >= 10)
            #expect(fixture.store.statistics.writes == writes)
            #expect(
                try await fixture.service.get("web")["output"]?.string == "run \(stage.runs) is ok")
        }
    }

    @Test func `Changes that come together are written together`() async throws {
        try await MonitoringFixture.run { fixture in
            for number in 1...50 {
                _ = Stage("burst\(number)", "oc")
                try await fixture.create(
                    MonitoringFixture.wish("check \(number)", on: "burst\(number)"))
            }
            await fixture.pass(.seconds(200))
            let before = fixture.store.statistics.commits
            // All of them are due at the same instant: the clock jumps over their slots.
            for number in 1...50 { Stage.named("burst\(number)")?.play("o") }
            await fixture.time.advance(by: .seconds(200))
            await fixture.service.settle()
            #expect(fixture.store.statistics.commits - before <= 20)
            #expect(try await fixture.announced().filter { $0 == "critical>ok" }.count == 50)
        }
    }

    @Test func `Every result becomes metrics`() async throws {
        try await MonitoringFixture.run { fixture in
            _ = Stage("metrics", "w")
            try await fixture.create(MonitoringFixture.wish("web", on: "metrics"))
            await fixture.pass(.seconds(1))
            let keys = try await fixture.series.series().map(\.description)
            #expect(
                keys == [
                    "check_duration_seconds{check=\"web\"}", "check_state{check=\"web\"}",
                    "check_value{check=\"web\",label=\"runs\",unit=\"c\"}",
                    "scripted_loudness{check=\"web\",stage=\"metrics\"}",
                ])
            let state = try await fixture.series.latest(matching: [.metric("check_state")])
            #expect(state.first?.points.first?.value == 1)
        }
    }

    @Test func `States, soft attempts and outputs survive kill -9`() async throws {
        try await MonitoringFixture.run { fixture in
            let stage = Stage("killed", "occ")
            try await fixture.create(
                MonitoringFixture.wish("web", on: "killed") { $0.maxAttempts = 4 })
            while stage.runs < 3 { await fixture.pass(.seconds(1)) }
            #expect(try await fixture.status("web") == "critical soft 2")
            let before = try await fixture.service.get("web")

            stage.play("h")
            try await fixture.crash()
            let after = try await fixture.service.get("web")
            #expect(after.status == "critical soft 2")
            for member in ["output", "last_state_change_at", "last_check_at", "generation"] {
                #expect(after[member] == before[member], "\(member)")
            }
            // The attempts count on where they were.
            await stage.began(4)
            stage.play("c")
            stage.release(.critical)
            await fixture.service.settle()
            #expect(try await fixture.status("web") == "critical soft 3")
            while stage.runs < 6 { await fixture.pass(.seconds(1)) }
            #expect(try await fixture.announced() == ["ok>critical"])
            #expect(try await fixture.status("web") == "critical hard 4")
        }
    }

    @Test func `A store that cannot write loses no state and announces nothing early`()
        async throws
    {
        try await MonitoringFixture.run { fixture in
            let stage = Stage("full", "oc")
            try await fixture.create(
                MonitoringFixture.wish("web", on: "full") { $0.maxAttempts = 2 })
            await fixture.pass(.seconds(1))
            fixture.outage.begin()
            while stage.runs < 4 { await fixture.pass(.seconds(1)) }
            // What was not saved is not shown either.
            #expect(try await fixture.status("web") == "ok hard 1")
            #expect(try await fixture.announced().isEmpty)
            stage.play("o")
            while stage.runs < 6 { await fixture.pass(.seconds(1)) }
            stage.play("c")
            while stage.runs < 8 { await fixture.pass(.seconds(1)) }

            fixture.outage.end()
            await fixture.pass(.seconds(40))
            #expect(try await fixture.status("web") == "critical hard 2")
            #expect(
                try await fixture.announced() == ["ok>critical", "critical>ok", "ok>critical"])
            let complaints = fixture.log.all.filter { $0.contains("cannot be saved") }
            #expect(complaints.count == 1)
            #expect(fixture.log.all.contains { $0.contains("saved again") })
        }
    }

    @Test func `A caller of check run is told when the store cannot write`() async throws {
        try await MonitoringFixture.run { fixture in
            _ = Stage("full run", "oc")
            try await fixture.create(MonitoringFixture.wish("web", on: "full run"))
            await fixture.pass(.seconds(1))
            fixture.outage.begin()
            await #expect(throws: StoreError.self) {
                try await fixture.service.run("web", for: MonitoringFixture.call)
            }
            fixture.outage.end()
            await fixture.pass(.seconds(2))
            #expect(try await fixture.status("web") == "critical soft 1")
        }
    }

    @Test func `A restart loses nothing that was only waiting to be saved`() async throws {
        try await MonitoringFixture.run { fixture in
            let stage = Stage("clean stop", "oc")
            try await fixture.create(
                MonitoringFixture.wish("web", on: "clean stop") { $0.maxAttempts = 1 })
            await fixture.pass(.seconds(1))
            fixture.outage.begin()
            while stage.runs < 2 { await fixture.pass(.seconds(1)) }
            fixture.outage.end()
            stage.play("h")
            try await fixture.restart()
            #expect(try await fixture.status("web") == "critical hard 1")
            #expect(try await fixture.announced() == ["ok>critical"])
        }
    }
}
