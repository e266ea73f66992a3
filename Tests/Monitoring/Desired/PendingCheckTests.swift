import OpsJSONRPC
import Testing

@testable import OpsCore
@testable import OpsMonitoring

/// Checks that templates have made and that have had no result yet: little is stored of them.
@Suite struct PendingCheckTests {
    /// - Parameter script: What looks at the checks find: nothing ever, unless something else is said.
    private func run(
        _ script: String = "h", _ body: (MonitoringFixture) async throws -> Void
    ) async throws {
        let stage = Stage("pending \(UInt64.random(in: 0 ... .max))", script)
        try await MonitoringFixture.run { fixture in
            try await createTemplate(on: .string(stage.name), fixture)
            for (name, rack) in [("a", "7"), ("b", "8")] {
                try await createTarget(name, rack: rack, fixture)
            }
            try await body(fixture)
        }
    }

    private func createTemplate(on stage: JSON, _ fixture: MonitoringFixture) async throws {
        var template = CreateTemplate()
        template.name = "ping"
        template.members = [
            "type": "scripted", "stage": stage, "labels": ["rack": "{{ labels.rack }}"],
            "interval_ms": 3_600_000, "timeout_ms": 3_000_000, "max_attempts": 1,
        ]
        _ = try await fixture.service.create(template, for: MonitoringFixture.call)
    }

    private func createTarget(
        _ name: String, rack: String, _ fixture: MonitoringFixture
    ) async throws {
        var target = CreateTarget()
        target.name = name
        target.labels = ["rack": rack]
        _ = try await fixture.service.create(target, for: MonitoringFixture.call)
    }

    private func deleteTarget(_ name: String, _ fixture: MonitoringFixture) async throws {
        var target = DeleteTarget()
        target.target = name
        _ = try await fixture.service.delete(target, for: MonitoringFixture.call)
    }

    private func deleteTemplate(_ fixture: MonitoringFixture) async throws {
        var template = DeleteTemplate()
        template.template = "ping"
        _ = try await fixture.service.delete(template, for: MonitoringFixture.call)
    }

    private func rename(_ name: String, to new: String, _ fixture: MonitoringFixture) async throws {
        var change = UpdateTarget()
        change.target = name
        change.name = new
        _ = try await fixture.service.update(change, for: MonitoringFixture.call)
    }

    /// Lets nobody read the row of `a/ping`.
    private func spoil(_ fixture: MonitoringFixture) async throws {
        try await fixture.store.writeUnaudited { tx in
            _ = try tx.execute("UPDATE monitoring_check SET memory = 'not JSON' WHERE id = 1")
        }
    }

    /// Leaves what a target makes behind.
    private func loseTarget(_ name: String, _ fixture: MonitoringFixture) async throws {
        try await fixture.store.writeUnaudited { tx in
            _ = try tx.execute("DELETE FROM monitoring_target WHERE name = ?", name)
        }
    }

    private func found(_ fixture: MonitoringFixture) async throws -> Int {
        try await fixture.store.read {
            try $0.search(SearchQuery("ping", nouns: ["check"])).total
        }
    }

    private func rows(_ fixture: MonitoringFixture) async throws -> [Int] {
        [
            try await fixture.count("monitoring_pending_check"),
            try await fixture.count("monitoring_check"),
        ]
    }

    @Test func `Stays as it is over a kill and a stop, and has its number, name and labels`()
        async throws
    {
        try await run { fixture in
            let before = try await fixture.service.get("b/ping")
            #expect(before["ref"] == "check:2" && before["state"] == "pending")
            #expect(before["labels"] == ["rack": "8", "target": "b"])
            for restart in [{ try await fixture.crash() }, { try await fixture.restart() }]
                as [() async throws -> Void]
            {
                #expect(try await rows(fixture) == [2, 0])
                try await restart()
                let after = try await fixture.service.get("b/ping")
                for member in [
                    "ref", "state", "labels", "max_attempts", "generation", "created_at",
                ] {
                    #expect(after[member] == before[member], "\(member)")
                }
                #expect(try await fixture.service.target("b").checks == 1)
            }
        }
    }

    @Test func `Gets a row with its first result, and a line of the history`() async throws {
        try await run("c") { fixture in
            await fixture.pass(.seconds(1))
            #expect(try await rows(fixture) == [0, 2])
            let changes = try await fixture.events().map(\.data)
            #expect(changes.map { $0["name"] } == ["a/ping", "b/ping"])
            #expect(changes.map { $0["labels"]?["rack"] } == ["7", "8"])
            #expect(try await fixture.history("b/ping").count == 1)
            let found = try await fixture.store.read { try $0.search(SearchQuery("ping")) }
            #expect(found.items.count { $0.ref.noun == "check" } == 2)
            try await fixture.crash()
            let after = try await fixture.service.get("b/ping")
            #expect(after["state"] == "critical" && after["generation"] == 1)
        }
    }

    @Test func `Gets a row when it is paused, and when its template changes`() async throws {
        try await run { fixture in
            _ = try await fixture.service.pause("a/ping", true, for: MonitoringFixture.call)
            #expect(try await rows(fixture) == [1, 1])
            var change = UpdateTemplate()
            change.template = "ping"
            change.members = ["max_attempts": 9]
            _ = try await fixture.service.update(change, for: MonitoringFixture.call)
            #expect(try await rows(fixture) == [0, 2])
            try await fixture.crash()
            for (name, generation) in [("a/ping", 3), ("b/ping", 2)] {
                let check = try await fixture.service.get(name)
                #expect(check["max_attempts"] == 9)
                #expect(check["generation"] == .number(JSON.Number(generation)))
                #expect(check["paused"] == .bool(name == "a/ping"))
            }
        }
    }

    @Test func `Goes with its target, and is refused as a made check before`() async throws {
        try await run { fixture in
            let error = await #expect(throws: RPCError.self) {
                _ = try await fixture.service.delete("a/ping", for: MonitoringFixture.call)
            }
            #expect(error?.message.contains("made by a template") == true)
            try await deleteTarget("a", fixture)
            #expect(try await rows(fixture) == [1, 0])
            try await fixture.restart()
            #expect(try await fixture.names { _ in } == ["b/ping"])
        }
    }

    @Test func `May be what a maintenance is about`() async throws {
        try await run { fixture in
            var wish = CreateMaintenance()
            wish.name = "move"
            wish.root = "a/ping"
            wish.startsAt = fixture.time.now()
            wish.durationMs = 60_000
            let made = try await fixture.maintenance.create(wish, for: MonitoringFixture.call)
            #expect(made.name == "move")
        }
    }

    @Test func `Waits unseen while its template cannot be read`() async throws {
        try await run { fixture in
            func write(_ members: String) async throws {
                try await fixture.store.writeUnaudited { tx in
                    _ = try tx.execute("UPDATE monitoring_template SET members = ?", members)
                }
            }
            let members = try await fixture.store.read {
                try $0.row("SELECT members FROM monitoring_template")?.text("members") ?? ""
            }
            try await write("not JSON")
            try await fixture.restart()
            #expect(try await fixture.names { _ in } == [])
            try await write(members)
            try await fixture.restart()
            #expect(try await fixture.names { _ in } == ["a/ping", "b/ping"])
            #expect(try await fixture.service.get("b/ping")["ref"] == "check:2")
        }
    }

    @Test(arguments: ["target", "template"], [false, true])
    func `Goes with what makes it, when the other one cannot be read`(
        gone: String, isPending: Bool
    ) async throws {
        try await run(isPending ? "h" : "c") { fixture in
            if !isPending { await fixture.pass(.seconds(1)) }
            #expect(try await rows(fixture) == (isPending ? [2, 0] : [0, 2]))
            let (other, column) =
                gone == "target"
                ? ("monitoring_template", "members") : ("monitoring_target", "labels")
            try await fixture.store.writeUnaudited { tx in
                _ = try tx.execute("UPDATE \(other) SET \(column) = 'not JSON'")
            }
            try await fixture.restart()
            if gone == "target" {
                try await deleteTarget("a", fixture)
            } else {
                try await deleteTemplate(fixture)
            }
            let left = gone == "target" ? 1 : 0
            #expect(try await rows(fixture) == (isPending ? [left, 0] : [0, left]))
            #expect(try await fixture.count("monitoring_history") == (isPending ? 0 : left))
            #expect(try await found(fixture) == (isPending ? 0 : left))
        }
    }

    @Test(arguments: ["target", "template"])
    func `Goes at the start after what makes it, when its own row cannot be read`(
        gone: String
    ) async throws {
        try await run("c") { fixture in
            await fixture.pass(.seconds(1))
            try await spoil(fixture)
            try await fixture.restart()
            if gone == "target" {
                try await deleteTarget("a", fixture)
            } else {
                try await deleteTemplate(fixture)
            }
            let left = gone == "target" ? 1 : 0
            #expect(try await rows(fixture) == [0, left + 1])
            try await fixture.restart()
            #expect(try await rows(fixture) == [0, left])
            #expect(try await fixture.count("monitoring_history") == left)
            #expect(try await found(fixture) == left)
            let told = "notice: checks of what is gone are deleted"
            #expect(fixture.log.all.count { $0 == told } == 1)
        }
    }

    @Test(arguments: [false, true])
    func `Goes at the start, when it was left without its target`(
        isPending: Bool
    ) async throws {
        try await run(isPending ? "h" : "c") { fixture in
            if !isPending { await fixture.pass(.seconds(1)) }
            try await loseTarget("a", fixture)
            try await fixture.restart()
            #expect(try await rows(fixture) == (isPending ? [1, 0] : [0, 1]))
            #expect(try await fixture.names { _ in } == ["b/ping"])
            #expect(try await fixture.count("monitoring_history") == (isPending ? 0 : 1))
            // Its name is free again.
            try await createTarget("a", rack: "9", fixture)
            if !isPending { await fixture.pass(.seconds(1)) }
            #expect(try await rows(fixture) == (isPending ? [2, 0] : [0, 2]))
            #expect(try await fixture.names { _ in } == ["a/ping", "b/ping"])
        }
    }

    @Test(arguments: [false, true])
    func `One left without its target keeps nobody from starting on a full disk, and goes later`(
        isPending: Bool
    ) async throws {
        try await run(isPending ? "h" : "c") { fixture in
            if !isPending { await fixture.pass(.seconds(1)) }
            try await loseTarget("a", fixture)
            fixture.outage.begin()
            try await fixture.restart()
            fixture.outage.end()
            func complaints() -> Int {
                fixture.log.all.count { $0 == "error: checks of what is gone are left" }
            }
            #expect(complaints() == 1)
            #expect(try await rows(fixture) == (isPending ? [2, 0] : [0, 2]))
            #expect(try await fixture.names { _ in } == ["b/ping"])
            // The one that is left keeps its name from nobody.
            try await createTarget("a", rack: "9", fixture)
            if !isPending { await fixture.pass(.seconds(2)) }
            #expect(try await rows(fixture) == (isPending ? [3, 0] : [0, 2]))
            #expect(try await fixture.names { _ in } == ["a/ping", "b/ping"])
            try await loseTarget("b", fixture)
            try await fixture.restart()
            #expect(complaints() == 1)
            #expect(try await rows(fixture) == (isPending ? [1, 0] : [0, 1]))
            #expect(try await fixture.count("monitoring_history") == (isPending ? 0 : 1))
            #expect(try await fixture.names { _ in } == ["a/ping"])
        }
    }

    @Test(arguments: ["labels", "target", "template"])
    func `Takes the place of a row that cannot be read, and what others found is kept`(
        changed: String
    ) async throws {
        try await run("c") { fixture in
            await fixture.pass(.seconds(1))
            try await spoil(fixture)
            try await fixture.restart()
            #expect(try await fixture.names { _ in } == ["b/ping"])
            try await makeAnew(changed, fixture)
            try await createTarget("c", rack: "7", fixture)
            await fixture.pass(.seconds(1))
            func expectAll() async throws {
                #expect(try await rows(fixture) == [0, 3])
                #expect(try await fixture.count("monitoring_history") == 3)
                #expect(try await found(fixture) == 3)
                for name in ["a/ping", "b/ping", "c/ping"] {
                    #expect(try await fixture.status(name) == "critical hard 1")
                    #expect(try await fixture.history(name).count == 1)
                }
            }
            try await expectAll()
            #expect(try await fixture.service.get("a/ping")["ref"] != "check:1")
            try await fixture.restart()
            try await expectAll()
            // Said at the first start only: it is gone.
            #expect(fixture.log.all.count { $0.contains("cannot be read and is left out") } == 1)
            #expect(!fixture.log.all.contains { $0.contains("states cannot be saved") })
        }
    }

    @Test(arguments: [true, false])
    func `Takes the name of a row that cannot be read and whose target is called otherwise by now`(
        isNew: Bool
    ) async throws {
        try await run("c") { fixture in
            await fixture.pass(.seconds(1))
            try await spoil(fixture)
            try await fixture.restart()
            try await rename("a", to: "old", fixture)
            await fixture.pass(.seconds(1))
            #expect(try await rows(fixture) == [0, 3])
            if isNew {
                try await createTarget("a", rack: "7", fixture)
            } else {
                try await rename("b", to: "a", fixture)
            }
            await fixture.pass(.seconds(1))
            let names = isNew ? ["a/ping", "b/ping", "old/ping"] : ["a/ping", "old/ping"]
            #expect(try await fixture.names { _ in } == names)
            #expect(try await rows(fixture) == [0, names.count])
            #expect(try await fixture.count("monitoring_history") == names.count)
            for name in names {
                #expect(try await fixture.status(name) == "critical hard 1")
                #expect(try await fixture.history(name).count == 1)
            }
            let told = "warning: a row in nobody's plan makes room for the check of its name"
            #expect(fixture.log.all.count { $0 == told } == 1)
            #expect(!fixture.log.all.contains { $0.contains("states cannot be saved") })
        }
    }

    /// Lets a check be made of the target `a`, of which the service does not know that it has one.
    private func makeAnew(_ changed: String, _ fixture: MonitoringFixture) async throws {
        switch changed {
        case "labels":
            var change = UpdateTarget()
            change.target = "a"
            change.labels = ["rack": "9"]
            _ = try await fixture.service.update(change, for: MonitoringFixture.call)
        case "target":
            try await deleteTarget("a", fixture)
            try await createTarget("a", rack: "9", fixture)
        default:
            let stage = try #require(try await fixture.service.get("b/ping")["stage"])
            try await deleteTemplate(fixture)
            try await createTemplate(on: stage, fixture)
        }
    }

    @Test func `Is indexed anew where a search would find it otherwise, and only there`()
        async throws
    {
        try await run("c") { fixture in
            await fixture.pass(.seconds(1))
            func documents() async throws -> [Int] {
                try await fixture.store.read { tx in
                    try tx.rows("SELECT id FROM search_document WHERE noun = 'check' ORDER BY id")
                        .map { try $0.int("id") }
                }
            }
            func change(_ members: JSON.Object) async throws {
                var change = UpdateTemplate()
                change.template = "ping"
                change.members = members
                _ = try await fixture.service.update(change, for: MonitoringFixture.call)
            }
            let before = try await documents()
            #expect(before.count == 2)
            try await change(["interval_ms": 7_200_000])
            #expect(try await documents() == before)
            #expect(try await fixture.service.get("a/ping")["interval_ms"] == 7_200_000)
            try await change(["labels": ["rack": "{{ labels.rack }}", "zone": "ulm"]])
            #expect(Set(try await documents()).isDisjoint(with: before))
            let found = try await fixture.store.read {
                try $0.search(
                    SearchQuery("ping", nouns: ["check"], facets: ["labels.zone": "ulm"]))
            }
            #expect(found.total == 2)
        }
    }

    @Test func `Is found by its state from its first result on, a good one too`() async throws {
        try await run("o") { fixture in
            _ = try await fixture.create(
                MonitoringFixture.wish("own ping", on: "ping of its own") { $0.intervalMs = 60_000 }
            )
            _ = Stage("ping of its own", "ooc")
            func found(_ state: String) async throws -> Int {
                try await fixture.store.read {
                    try $0.search(
                        SearchQuery("ping", nouns: ["check"], facets: ["state": state]))
                }.total
            }
            #expect(try await found("pending") == 1)
            await fixture.pass(.seconds(61))
            #expect(try await found("ok") == 3)
            #expect(try await found("pending") == 0)
            #expect(try await fixture.count("monitoring_history") == 0)
        }
    }

    @Test func `Is found from its first result on, also a soft one after a change of its template`()
        async throws
    {
        try await run { fixture in
            var change = UpdateTemplate()
            change.template = "ping"
            change.members = ["max_attempts": 9]
            _ = try await fixture.service.update(change, for: MonitoringFixture.call)
            #expect(try await rows(fixture) == [0, 2])
            #expect(try await found(fixture) == 0)
            _ = try await fixture.submit("b/ping", .critical)
            #expect(try await fixture.status("b/ping") == "critical soft 1")
            #expect(try await found(fixture) == 1)
        }
    }

    @Test func `A result that had to wait is told under the name that the check has by then`()
        async throws
    {
        let stage = Stage("renamed while a result waits", "o")
        try await MonitoringFixture.run { fixture in
            let call = MonitoringFixture.call
            var template = CreateTemplate()
            template.name = "ping"
            template.members = [
                "type": "scripted", "stage": .string(stage.name), "interval_ms": 3_600_000,
                "timeout_ms": 3_000_000, "max_attempts": 1,
            ]
            _ = try await fixture.service.create(template, for: call)
            var target = CreateTarget()
            target.name = "old"
            _ = try await fixture.service.create(target, for: call)
            await fixture.pass(.seconds(1))
            func found(_ name: String) async throws -> Int {
                try await fixture.store.read {
                    try $0.search(
                        SearchQuery(name, nouns: ["check"], facets: ["labels.target": name]))
                }.total
            }
            #expect(try await found("old") == 1)
            let events = try await fixture.events().count

            stage.play("c")
            fixture.outage.begin()
            await #expect(throws: StoreError.self) {
                _ = try await fixture.service.run("old/ping", for: call)
            }
            fixture.outage.end()
            var change = UpdateTarget()
            change.target = "old"
            change.name = "new"
            _ = try await fixture.service.update(change, for: call)
            // At once, and not with the next change of its state.
            #expect(try await found("new") == 1)
            #expect(try await found("old") == 0)
            #expect(try await fixture.events().count == events)

            await fixture.pass(.seconds(2))
            let event = try #require(try await fixture.events().last?.data)
            #expect(event["name"] == "new/ping")
            #expect(event["labels"]?["target"] == "new")
            #expect(event["state"] == "critical")
            #expect(try await found("new") == 1)
            #expect(try await found("old") == 0)
        }
    }
}
