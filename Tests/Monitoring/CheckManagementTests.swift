import OpsJSONRPC
import Testing

@testable import OpsCore
@testable import OpsMonitoring

/// Creating, changing, pausing, listing and deleting checks.
@Suite struct CheckManagementTests {
    /// The stable word of the error that a body throws.
    static func refusal(_ body: () async throws -> Void) async -> String {
        do {
            try await body()
            return "accepted"
        } catch let error as RPCError {
            return error.kind
        } catch {
            return "\(error)"
        }
    }

    @Test func `A flood of labels is refused with the limit, and the next hour begins anew`()
        async throws
    {
        let stage = Stage("flood", "o")
        try await MonitoringFixture.run { fixture in
            try await fixture.create(
                MonitoringFixture.wish("noisy", on: stage.name) { $0.members["values"] = 400 })
            let call = MonitoringFixture.call
            let limit = CheckMetrics.maxNewSeries
            for _ in 1...3 { _ = try await fixture.service.run("noisy", for: call) }
            let full = try await fixture.service.run("noisy", for: call)
            #expect(
                full["output"]?.string?.contains(
                    "values not stored, \(limit) new series are the most that a check may bring within an hour"
                )
                    == true)
            #expect(full.status == "ok hard 1")
            // Others, and what the check has already, are stored as before.
            #expect(fixture.series.statistics.series == limit)
            try await fixture.create(MonitoringFixture.wish("quiet", on: stage.name))
            _ = try await fixture.service.run("quiet", for: call)
            #expect(fixture.series.statistics.series > limit)
            // Whatever a result says of its time: nobody's hour is over.
            var old = SubmitCheck()
            (old.check, old.at) = ("told", fixture.time.now() - .seconds(10))
            try await fixture.create(MonitoringFixture.heartbeat("told"))
            _ = try await fixture.service.submit(old, for: call)
            let still = try await fixture.service.run("noisy", for: call)
            #expect(still["output"]?.string?.contains("not stored") == true)
            await fixture.pass(.seconds(3650))
            let later = try await fixture.service.run("noisy", for: call)
            #expect(later["output"]?.string?.contains("not stored") == false, "\(later)")
        }
    }

    @Test func `A check is answered with the members of its type and its defaults`() async throws {
        try await MonitoringFixture.run { fixture in
            _ = Stage("created", "o")
            let check = try await fixture.create(
                MonitoringFixture.wish("web", on: "created") { $0.labels = ["site": "ulm"] })
            #expect(check["ref"] == "check:1")
            #expect(check["stage"] == "created")
            #expect(check["volume"] == 5)
            #expect(check["labels"]?["site"] == "ulm")
            #expect(check["generation"] == 1)
            #expect(try await fixture.events("check.created").map(\.ref) == [Ref("check", 1)])
        }
    }

    @Test func `A check is found by its ref and by its name`() async throws {
        try await MonitoringFixture.run { fixture in
            _ = Stage("found", "o")
            try await fixture.create(MonitoringFixture.wish("web", on: "found"))
            #expect(try await fixture.service.get("check:1")["name"] == "web")
            #expect(try await fixture.service.get("web")["ref"] == "check:1")
            for key in ["check:2", "ticket:1", "nobody", ""] {
                let kind = await Self.refusal { _ = try await fixture.service.get(key) }
                #expect(kind == "not_found", "\(key)")
            }
        }
    }

    @Test func `Two checks cannot have one name`() async throws {
        try await MonitoringFixture.run { fixture in
            _ = Stage("twice", "o")
            try await fixture.create(MonitoringFixture.wish("web", on: "twice"))
            try await fixture.create(MonitoringFixture.wish("db", on: "twice"))
            let again = await Self.refusal {
                try await fixture.create(MonitoringFixture.wish("web", on: "twice"))
            }
            #expect(again == "conflict")
            let renamed = await Self.refusal {
                _ = try await fixture.update("db") { $0.name = "web" }
            }
            #expect(renamed == "conflict")
        }
    }

    @Test func `An update changes what it names and counts the generation`() async throws {
        try await MonitoringFixture.run { fixture in
            _ = Stage("updated", "o")
            try await fixture.create(MonitoringFixture.wish("web", on: "updated"))
            let check = try await fixture.update("web") {
                $0.name = "site"
                $0.maxAttempts = 7
                $0.members = ["volume": 9]
            }
            #expect(check["name"] == "site")
            #expect(check["max_attempts"] == 7)
            #expect(check["volume"] == 9)
            #expect(check["stage"] == "updated")
            #expect(check["generation"] == 2)
            let reset = try await fixture.update("site") { $0.members = ["volume": .null] }
            #expect(reset["volume"] == 5)
            let same = try await fixture.update("site") { $0.maxAttempts = 7 }
            #expect(same["generation"] == 3)
            #expect(await Self.refusal { _ = try await fixture.service.get("web") } == "not_found")
        }
    }

    @Test func `An update based on an old generation is refused`() async throws {
        try await MonitoringFixture.run { fixture in
            _ = Stage("stale", "o")
            try await fixture.create(MonitoringFixture.wish("web", on: "stale"))
            _ = try await fixture.update("web") { $0.maxAttempts = 2 }
            let kind = await Self.refusal {
                _ = try await fixture.update("web") {
                    $0.generation = 1
                    $0.maxAttempts = 9
                }
            }
            #expect(kind == "stale_generation")
            #expect(try await fixture.service.get("web")["max_attempts"] == 2)
        }
    }

    @Test func `An update that makes no check is refused and changes nothing`() async throws {
        try await MonitoringFixture.run { fixture in
            _ = Stage("refused", "o")
            try await fixture.create(MonitoringFixture.wish("web", on: "refused"))
            let kind = await Self.refusal {
                _ = try await fixture.update("web") { $0.members = ["stage": "forbidden"] }
            }
            #expect(kind == "invalid_params")
            #expect(try await fixture.service.get("web")["generation"] == 1)
        }
    }

    @Test func `A new interval takes effect at once`() async throws {
        try await MonitoringFixture.run { fixture in
            let stage = Stage("faster", "o")
            try await fixture.create(
                MonitoringFixture.wish("web", on: "faster") { $0.intervalMs = 3_600_000 })
            await fixture.pass(.seconds(1))
            _ = try await fixture.update("web") { $0.intervalMs = 1000 }
            let before = stage.runs
            await fixture.pass(.seconds(10))
            #expect(stage.runs - before >= 10)
        }
    }

    @Test func `A deleted check takes everything along but its events`() async throws {
        try await MonitoringFixture.run { fixture in
            _ = Stage("deleted", "c")
            try await fixture.create(
                MonitoringFixture.wish("web", on: "deleted") { $0.maxAttempts = 1 })
            await fixture.pass(.seconds(1))
            try await fixture.store.write(as: .system, reason: "test") {
                try $0.link(Ref("check", 1), "watches", Ref("ci", 7))
            }
            #expect(try await fixture.count("monitoring_history") == 1)
            _ = try await fixture.service.delete(
                "web", for: MonitoringFixture.call)
            for table in ["monitoring_check", "monitoring_history", "link"] {
                #expect(try await fixture.count(table) == 0, "\(table)")
            }
            let found = try await fixture.store.read { try $0.search(SearchQuery("web")) }
            #expect(found.items.isEmpty)
            #expect(try await fixture.events("check.deleted").count == 1)
            #expect(try await fixture.announced() == ["pending>critical"])
        }
    }

    @Test func `A check that is deleted while it runs leaves nothing behind`() async throws {
        try await MonitoringFixture.run { fixture in
            let stage = Stage("vanishing", "h")
            try await fixture.create(
                MonitoringFixture.wish("web", on: "vanishing") { $0.maxAttempts = 1 })
            await stage.began(1)
            _ = try await fixture.service.delete(
                "web", for: MonitoringFixture.call)
            stage.release(.critical)
            await fixture.service.settle()
            await fixture.pass(.seconds(120))
            #expect(stage.runs == 1)
            #expect(try await fixture.announced().isEmpty)
            #expect(try await fixture.count("monitoring_history") == 0)
            try await fixture.create(MonitoringFixture.wish("web", on: "vanishing"))
            #expect(try await fixture.service.get("web")["ref"] == "check:2")
        }
    }

    @Test func `A check that is changed while it runs is judged by its next run`() async throws {
        try await MonitoringFixture.run { fixture in
            let stage = Stage("changing", "ho")
            try await fixture.create(
                MonitoringFixture.wish("web", on: "changing") { $0.maxAttempts = 1 })
            await stage.began(1)
            _ = try await fixture.update("web") { $0.members = ["volume": 1] }
            stage.release(.critical)
            await fixture.service.settle()
            // What it found was about something else; the next run follows at once.
            #expect(stage.runs == 2)
            #expect(try await fixture.status("web") == "ok hard 1")
            #expect(try await fixture.announced().isEmpty)
        }
    }

    @Test func `New labels do not disturb a run that is under way`() async throws {
        try await MonitoringFixture.run { fixture in
            let stage = Stage("undisturbed", "h")
            try await fixture.create(
                MonitoringFixture.wish("web", on: "undisturbed") { $0.maxAttempts = 1 })
            await stage.began(1)
            _ = try await fixture.update("web") { $0.labels = ["a": "b"] }
            stage.release(.critical)
            await fixture.service.settle()
            #expect(stage.runs == 1)
            #expect(try await fixture.status("web") == "critical hard 1")
            #expect(try await fixture.events().first?.data["labels"]?["a"] == "b")
        }
    }

    @Test func `A paused check keeps its state and does not run, also after a restart`()
        async throws
    {
        try await MonitoringFixture.run { fixture in
            let stage = Stage("paused", "c")
            try await fixture.create(
                MonitoringFixture.wish("web", on: "paused") { $0.maxAttempts = 1 })
            await fixture.pass(.seconds(1))
            let paused = try await fixture.service.pause(
                "web", true, for: MonitoringFixture.call)
            #expect(paused["paused"] == true)
            #expect(paused["next_check_at"] == .null)
            await fixture.pass(.seconds(300))
            try await fixture.restart()
            await fixture.pass(.seconds(300))
            #expect(stage.runs == 1)
            #expect(try await fixture.status("web") == "critical hard 1")
            _ = try await fixture.service.pause(
                "web", false, for: MonitoringFixture.call)
            await fixture.pass(.seconds(120))
            #expect(stage.runs > 1)
        }
    }

    @Test func `Run now answers the new state and moves the state machine`() async throws {
        try await MonitoringFixture.run { fixture in
            _ = Stage("by hand", "occc")
            try await fixture.create(
                MonitoringFixture.wish("web", on: "by hand") { $0.intervalMs = 3_600_000 })
            await fixture.pass(.seconds(1))
            #expect(
                try await fixture.service.run("web", for: MonitoringFixture.call).status
                    == "critical soft 1")
            #expect(
                try await fixture.service.run("web", for: MonitoringFixture.call).status
                    == "critical soft 2")
            #expect(
                try await fixture.service.run("check:1", for: MonitoringFixture.call).status
                    == "critical hard 3")
            #expect(try await fixture.announced() == ["ok>critical"])
        }
    }

    @Test func `A problem found by hand is retried without waiting for the interval`()
        async throws
    {
        try await MonitoringFixture.run { fixture in
            _ = Stage("hastened", "oc")
            try await fixture.create(
                MonitoringFixture.wish("web", on: "hastened") { $0.intervalMs = 3_600_000 })
            await fixture.pass(.seconds(1))
            _ = try await fixture.service.run("web", for: MonitoringFixture.call)
            await fixture.pass(.seconds(21))
            #expect(try await fixture.status("web") == "critical hard 3")
        }
    }

    @Test func `Run now waits for a run that is under way instead of starting another`()
        async throws
    {
        try await MonitoringFixture.run { fixture in
            let stage = Stage("under way", "h")
            try await fixture.create(MonitoringFixture.wish("web", on: "under way"))
            await stage.began(1)
            let answers = try await fixture.service.run(
                "web",
                twiceThen: {
                    stage.release(.warning)
                })
            #expect(answers.map(\.status) == ["warning soft 1", "warning soft 1"])
            #expect(stage.runs == 1)
        }
    }

    @Test func `No more checks run together than the limit says`() async throws {
        try await MonitoringFixture.run(CheckLimits(maxConcurrentChecks: 3)) { fixture in
            let stage = Stage("crowd", "h")
            for number in 1...10 {
                try await fixture.create(MonitoringFixture.wish("check \(number)", on: "crowd"))
            }
            await fixture.time.advance(by: .seconds(5))
            await stage.began(3)
            #expect(stage.runs == 3)
            stage.play("o")
            stage.release(.ok)
            await fixture.service.settle()
            await fixture.pass(.seconds(1))
            #expect(stage.runs == 10)
            #expect(stage.mostPlaying == 3)
        }
    }

    @Test func `Lists are filtered by state, type, label and name`() async throws {
        try await MonitoringFixture.run { fixture in
            for (name, letter) in [("web 1", "o"), ("web 2", "c"), ("db", "w")] {
                _ = Stage("list \(name)", letter)
                try await fixture.create(
                    MonitoringFixture.wish(name, on: "list \(name)") {
                        $0.labels = ["team": name == "db" ? "data" : "front"]
                    })
            }
            try await fixture.create(MonitoringFixture.heartbeat("job"))
            await fixture.pass(.seconds(1))
            #expect(try await fixture.names { _ in } == ["db", "job", "web 1", "web 2"])
            #expect(try await fixture.names { $0.state = .critical } == ["web 2"])
            #expect(try await fixture.names { $0.type = "heartbeat" } == ["job"])
            #expect(try await fixture.names { $0.name = "web" } == ["web 1", "web 2"])
            #expect(try await fixture.names { $0.label = "team=data" } == ["db"])
            #expect(try await fixture.names { $0.label = "team!=data,team" } == ["web 1", "web 2"])
            #expect(
                try await fixture.names { $0.sort = .worst } == ["web 2", "db", "job", "web 1"])
            let bad = await Self.refusal { _ = try await fixture.names { $0.label = "=x" } }
            #expect(bad == "invalid_params")
        }
    }

    @Test func `Pages of a list hold every check once, also when checks come and go`()
        async throws
    {
        try await MonitoringFixture.run { fixture in
            for number in 10...34 {
                try await fixture.create(MonitoringFixture.heartbeat("job \(number)"))
            }
            for order in ListChecks.Order.allCases {
                var params = ListChecks()
                params.limit = 7
                params.sort = order
                var seen: [String] = []
                repeat {
                    let page = try await fixture.service.list(params)
                    seen += page.items.compactMap { $0["name"]?.string }
                    params.cursor = page.nextCursor
                    if seen.count == 7 {
                        // The check that the cursor names may go.
                        _ = try await fixture.service.delete(
                            "job 16", for: MonitoringFixture.call)
                    }
                } while params.cursor != nil
                #expect(seen == (10...34).map { "job \($0)" })
                try await fixture.create(MonitoringFixture.heartbeat("job 16"))
            }
            var bad = ListChecks()
            bad.cursor = "nonsense"
            let params = bad
            #expect(
                await Self.refusal { _ = try await fixture.service.list(params) }
                    == "invalid_params")
        }
    }

    @Test func `The history is paged, the newest first`() async throws {
        try await MonitoringFixture.run { fixture in
            _ = Stage("paged", "ococococococo")
            try await fixture.create(
                MonitoringFixture.wish("web", on: "paged") { $0.maxAttempts = 1 })
            await fixture.pass(.seconds(1))
            for _ in 1...12 {
                _ = try await fixture.service.run("web", for: MonitoringFixture.call)
            }
            var params = CheckHistory()
            params.check = "web"
            params.limit = 5
            var states: [CheckState] = []
            repeat {
                let page = try await fixture.service.history(params)
                states += page.items.map(\.state)
                params.cursor = page.nextCursor
            } while params.cursor != nil
            #expect(states.count == 12)
            #expect(states.first == .ok)
            #expect(states.last == .critical)
        }
    }

    @Test func `Old history is deleted and young history stays`() async throws {
        let limits = CheckLimits(historyRetention: .seconds(86_400))
        try await MonitoringFixture.run(limits) { fixture in
            _ = Stage("old", "oco")
            try await fixture.create(
                MonitoringFixture.wish("web", on: "old") { $0.maxAttempts = 1 })
            await fixture.pass(.seconds(1))
            _ = try await fixture.service.run("web", for: MonitoringFixture.call)
            _ = try await fixture.service.pause(
                "web", true, for: MonitoringFixture.call)
            await fixture.time.advance(by: .seconds(20 * 3600))
            _ = try await fixture.service.run("web", for: MonitoringFixture.call)
            #expect(try await fixture.history("web").map(\.state) == [.ok, .critical])
            try await fixture.restart(after: .seconds(5 * 3600))
            await fixture.service.houseIsKept()
            #expect(try await fixture.history("web").map(\.state) == [.ok])
        }
    }

    @Test func `Checks are found by full-text search`() async throws {
        try await MonitoringFixture.run { fixture in
            _ = Stage("searched", "oc")
            try await fixture.create(
                MonitoringFixture.wish("frontdoor", on: "searched") {
                    $0.maxAttempts = 1
                    $0.labels = ["site": "ulm"]
                })
            await fixture.pass(.seconds(1))
            _ = try await fixture.service.run("frontdoor", for: MonitoringFixture.call)
            for words in ["frontdoor", "ulm", "critical"] {
                let found = try await fixture.store.read { try $0.search(SearchQuery(words)) }
                #expect(found.items.map(\.ref) == [Ref("check", 1)], "\(words)")
            }
        }
    }

    @Test func `Every write names its author, and audit entries show no secret`() async throws {
        try await MonitoringFixture.run { fixture in
            _ = Stage("audited", "o")
            try await fixture.create(
                MonitoringFixture.wish("web", on: "audited") {
                    $0.members["password"] = "hunter2"
                })
            _ = try await fixture.update("web") { $0.members = ["password": "swordfish"] }
            let rows = try await fixture.store.read {
                try $0.rows("SELECT * FROM audit WHERE ref = 'check:1' ORDER BY seq")
            }
            #expect(try rows.map { try $0.text("action") } == ["check.created", "check.updated"])
            #expect(try rows.allSatisfy { try $0.text("principal") == "uid:1000" })
            let text = try rows.map { try $0.text("after") }.joined()
            #expect(!text.contains("hunter2") && !text.contains("swordfish"))
        }
    }

    @Test func `Statistics count checks, states, runs and lateness`() async throws {
        try await MonitoringFixture.run { fixture in
            _ = Stage("counted", "o")
            try await fixture.create(MonitoringFixture.wish("web", on: "counted"))
            try await fixture.create(MonitoringFixture.heartbeat("job"))
            await fixture.pass(.seconds(1))
            let statistics = await fixture.service.statistics()
            #expect(statistics.checks == 2)
            #expect(statistics.states["ok"] == 1 && statistics.states["pending"] == 1)
            #expect(statistics.runs == 1)
            #expect(statistics.latenessMs.p99 <= 1)
        }
    }
}
