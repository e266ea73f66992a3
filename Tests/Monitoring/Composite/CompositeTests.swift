import OpsJSONRPC
import Testing

@testable import OpsCore
@testable import OpsMonitoring

/// Composite checks over a real database, with members that the test scripts.
@Suite struct CompositeTests {
    private static func composite(
        _ name: String, _ members: JSON.Object, every intervalMs: Int = 3_600_000
    ) -> CreateCheck {
        MonitoringFixture.wish(name, on: "") { wish in
            wish.type = CompositeCheck.kind
            wish.intervalMs = intervalMs
            wish.members = members
        }
    }

    private func refusal(
        _ body: () async throws -> Void
    ) async -> [String] {
        do {
            try await body()
            return []
        } catch let error as RPCError {
            return error.fields.map { "\($0.path): \($0.reason)" }
        } catch {
            return ["\(error)"]
        }
    }

    @Test func `a composite follows its members when they change for certain, not before`()
        async throws
    {
        try await MonitoringFixture.run { fixture in
            let stages = (1...3).map { Stage("follow\($0)", "o") }
            for (index, stage) in stages.enumerated() {
                try await fixture.create(
                    MonitoringFixture.wish("web\(index + 1)", on: stage.name) {
                        $0.labels = ["role": "web"]
                        $0.maxAttempts = 2
                    })
            }
            try await fixture.create(Self.composite("site", ["select": "role=web", "need": 2]))
            await fixture.pass(.seconds(1))
            #expect(try await fixture.status("site") == "ok hard 1")
            #expect(try await fixture.service.get("site")["output"] == "3 of 3 ok, 2 needed")

            stages[0].play("c")
            stages[1].play("c")
            _ = try await fixture.service.run("web1", for: MonitoringFixture.call)
            _ = try await fixture.service.run("web2", for: MonitoringFixture.call)
            #expect(try await fixture.status("site") == "ok hard 1")
            _ = try await fixture.service.run("web1", for: MonitoringFixture.call)
            #expect(try await fixture.status("site") == "ok hard 1")
            _ = try await fixture.service.run("web2", for: MonitoringFixture.call)
            await fixture.service.settle()
            #expect(try await fixture.status("site") == "critical hard 1")
            #expect(
                try await fixture.service.get("site")["output"]
                    == "1 of 3 ok, 2 needed: web1 critical, web2 critical")
            #expect(try await fixture.announced() == ["ok>critical", "ok>critical", "ok>critical"])

            stages[0].play("o")
            _ = try await fixture.service.run("web1", for: MonitoringFixture.call)
            await fixture.service.settle()
            #expect(try await fixture.status("site") == "ok hard 1")
        }
    }

    @Test func `what a composite selects follows labels, names that come and its own change`()
        async throws
    {
        try await MonitoringFixture.run { fixture in
            func output() async throws -> String? {
                _ = try await fixture.service.run("site", for: MonitoringFixture.call)
                await fixture.service.settle()
                return try await fixture.service.get("site")["output"]?.string
            }
            let stages = (1...3).map { Stage("selected\($0)", "o") }
            for (index, stage) in stages.enumerated() {
                try await fixture.create(
                    MonitoringFixture.wish("web\(index + 1)", on: stage.name) {
                        $0.labels = ["role": index == 2 ? "db" : "web"]
                        $0.maxAttempts = 1
                    })
            }
            try await fixture.create(Self.composite("site", ["select": "role=web", "need": 1]))
            await fixture.pass(.seconds(1))
            #expect(try await output() == "2 of 2 ok, 1 needed")
            _ = try await fixture.update("web3") { $0.labels = ["role": "web"] }
            #expect(try await output() == "3 of 3 ok, 1 needed")
            stages[2].play("c")
            _ = try await fixture.service.run("web3", for: MonitoringFixture.call)
            await fixture.service.settle()
            #expect(
                try await fixture.service.get("site")["output"]
                    == "2 of 3 ok, 1 needed: web3 critical")
            _ = try await fixture.update("web3") { $0.labels = [:] }
            #expect(try await output() == "2 of 2 ok, 1 needed")
            _ = try await fixture.update("site") { $0.members = ["select": "!role"] }
            #expect(try await output() == "0 of 1 ok, 1 needed: web3 critical")
        }
    }

    @Test func `composites of composites follow too`() async throws {
        try await MonitoringFixture.run { fixture in
            let stage = Stage("chain", "o")
            try await fixture.create(
                MonitoringFixture.wish("db", on: stage.name) { $0.maxAttempts = 1 })
            await fixture.pass(.seconds(1))
            try await fixture.create(Self.composite("shop", ["checks": ["db"]]))
            await fixture.pass(.seconds(1))
            try await fixture.create(Self.composite("company", ["checks": ["check:2"]]))
            await fixture.pass(.seconds(1))
            #expect(try await fixture.status("company") == "ok hard 1")
            stage.play("c")
            _ = try await fixture.service.run("db", for: MonitoringFixture.call)
            await fixture.service.settle()
            #expect(try await fixture.status("shop") == "critical hard 1")
            #expect(try await fixture.status("company") == "critical hard 1")
        }
    }

    @Test func `a member that is paused, pending or gone makes it unknown, never ok`() async throws
    {
        try await MonitoringFixture.run { fixture in
            let stages = ["o", "o", "h"].enumerated().map { Stage("unsure\($0)", $1) }
            for stage in stages {
                try await fixture.create(MonitoringFixture.wish(stage.name, on: stage.name))
            }
            // The first looks follow each other by some milliseconds.
            await fixture.time.advance(by: .seconds(1))
            await stages[2].began(1)
            for name in ["unsure0", "unsure1"] {
                _ = try await fixture.service.run(name, for: MonitoringFixture.call)
            }
            try await fixture.create(
                Self.composite("all", ["checks": ["unsure0", "unsure1"]], every: 60_000))
            try await fixture.create(
                Self.composite("most", ["checks": ["unsure0", "unsure1", "unsure2"], "need": 2]))
            try await fixture.create(
                Self.composite("every", ["checks": ["unsure0", "unsure1", "unsure2"]]))
            _ = try await fixture.service.pause("unsure1", true, for: MonitoringFixture.call)
            for name in ["all", "most", "every"] {
                _ = try await fixture.service.run(name, for: MonitoringFixture.call)
                let check = try await fixture.service.get(name)
                #expect(check["state"] == "unknown", "\(name)")
            }
            _ = try await fixture.service.pause("unsure1", false, for: MonitoringFixture.call)
            #expect(
                try await fixture.service.run("all", for: MonitoringFixture.call)["state"] == "ok")
            _ = try await fixture.service.delete(
                "unsure1", force: true, for: MonitoringFixture.call)
            let gone = try await fixture.service.run("all", for: MonitoringFixture.call)
            #expect(gone["state"] == "unknown")
            #expect(gone["output"] == "1 of 2 ok, 2 needed: unsure1 gone")
            stages[2].release(.ok)
        }
    }

    @Test func `members that are not there and cycles are refused`() async throws {
        try await MonitoringFixture.run { fixture in
            _ = Stage("leaf", "o")
            try await fixture.create(MonitoringFixture.wish("leaf", on: "leaf"))
            try await fixture.create(Self.composite("a", ["checks": ["leaf"]]))
            try await fixture.create(Self.composite("b", ["checks": ["a"]]))
            try await fixture.create(Self.composite("c", ["checks": ["check:3"]]))
            #expect(
                await refusal {
                    try await fixture.create(Self.composite("x", ["checks": ["leaf", "nobody"]]))
                } == ["checks[1]: there is no check \"nobody\""])
            #expect(
                await refusal {
                    try await fixture.create(Self.composite("x", ["checks": ["x"]]))
                } == ["checks[0]: the check would depend on itself: x > x"])
            #expect(
                await refusal {
                    _ = try await fixture.update("a") {
                        $0.members = ["checks": ["leaf", "check:4"]]
                    }
                } == ["checks[1]: the check would depend on itself: a > c > b > a"])
            #expect(
                await refusal {
                    _ = try await fixture.update("a") {
                        $0.members = ["checks": ["leaf", "check:2"]]
                    }
                } == ["checks[1]: the check would depend on itself: a > a"])
            #expect(
                await refusal {
                    try await fixture.create(Self.composite("x", ["need": 2]))
                } == ["checks: or select is required"])
            #expect(
                await refusal {
                    try await fixture.create(
                        Self.composite(
                            "x", ["checks": ["leaf", "leaf"], "need": 2, "want": 1, "select": "="]))
                } == [
                    "checks[1]: stands twice", "want: must not be below need",
                    "select: is not of the form \(LabelSelector.forms)",
                ])
            #expect(try await fixture.count("monitoring_check") == 4)
        }
    }

    @Test func `composites are never selected by labels, so they cannot select themselves`()
        async throws
    {
        try await MonitoringFixture.run { fixture in
            _ = Stage("labelled", "o")
            try await fixture.create(
                MonitoringFixture.wish("leaf", on: "labelled") { $0.labels = ["x": "y"] })
            await fixture.pass(.seconds(1))
            for name in ["a", "b"] {
                var wish = Self.composite(name, ["select": "x=y"])
                wish.labels = ["x": "y"]
                try await fixture.create(wish)
            }
            await fixture.pass(.seconds(1))
            #expect(try await fixture.service.get("b")["output"] == "1 of 1 ok, 1 needed")
        }
    }
}
