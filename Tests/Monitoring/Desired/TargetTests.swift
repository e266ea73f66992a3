import OpsJSONRPC
import Testing

@testable import OpsCore
@testable import OpsMonitoring

/// Targets, templates, and the checks that they make together.
@Suite struct TargetTests {
    private let stage = Stage("targets \(UInt64.random(in: 0 ... .max))", "o")

    private func target(
        _ name: String, _ labels: [String: String] = [:], address: String? = nil
    ) -> CreateTarget {
        var wish = CreateTarget()
        wish.name = name
        wish.labels = labels
        wish.address = address
        return wish
    }

    private func template(
        _ name: String, _ match: String = "", _ members: JSON.Object = [:]
    ) -> CreateTemplate {
        var wish = CreateTemplate()
        wish.name = name
        wish.match = match
        wish.members = ["type": "scripted", "stage": .string(stage.name)]
        for (name, value) in members { wish.members[name] = value }
        return wish
    }

    private func refusal(_ body: () async throws -> Void) async -> RPCError? {
        do {
            try await body()
            return nil
        } catch {
            return error as? RPCError
        }
    }

    @Test func `A policy that targets fill is judged for each of them`() async throws {
        try await MonitoringFixture.run { fixture in
            let call = MonitoringFixture.call
            _ = try await fixture.service.create(
                target("a", ["m": "ok", "n": "3"]), for: call)
            _ = try await fixture.service.create(
                template(
                    "p", "",
                    ["on_missing": "{{ labels.m }}", "recovery_attempts": "{{ labels.n }}"]),
                for: call)
            let made = try await fixture.service.get("a/p")
            #expect(made["on_missing"] == "ok")
            #expect(made["recovery_attempts"] == 3)
            for labels in [["m": "banana", "n": "3"], ["m": "ok", "n": "many"]] {
                let wrong = await refusal {
                    _ = try await fixture.service.create(target("b", labels), for: call)
                }
                #expect(wrong?.kind == "invalid_params", "\(labels)")
            }
            #expect(try await fixture.names { _ in } == ["a/p"])
        }
    }

    @Test func `A template leaves the label that names the target alone`() async throws {
        try await MonitoringFixture.run { fixture in
            let wrong = await refusal {
                _ = try await fixture.service.create(
                    template("p", "", ["labels": ["target": "x"]]), for: MonitoringFixture.call)
            }
            #expect(wrong?.fields.map(\.path) == ["labels.target"])
        }
    }

    @Test func `A composite check of a template is one from the start`() async throws {
        try await MonitoringFixture.run { fixture in
            let call = MonitoringFixture.call
            _ = try await fixture.service.create(target("r1"), for: call)
            _ = try await fixture.service.create(
                template("member", "", ["labels": ["part": "member"]]), for: call)
            var wish = CreateTemplate()
            wish.name = "site"
            wish.members = ["type": "composite", "select": "part=member", "need": 1]
            _ = try await fixture.service.create(wish, for: call)
            await fixture.pass(.seconds(2))
            #expect(try await fixture.status("r1/site") == "ok hard 1")
            #expect(try await fixture.service.get("r1/site")["output"] == "1 of 1 ok, 1 needed")
            // It is decided at once when a member changes.
            stage.play("c")
            for _ in 1...3 { _ = try await fixture.service.run("r1/member", for: call) }
            await fixture.service.settle()
            #expect(try await fixture.status("r1/site") == "critical hard 1")
            try await fixture.restart()
            await fixture.service.settle()
            #expect(try await fixture.status("r1/site") == "critical hard 1")
            #expect(
                try await fixture.service.get("r1/site")["output"]?.string?.contains("Cannot look")
                    == false)
        }
    }

    @Test func `A template makes a check for each target that it matches`() async throws {
        try await MonitoringFixture.run { fixture in
            let call = MonitoringFixture.call
            for name in ["r1", "r2"] {
                _ = try await fixture.service.create(target(name, ["role": "router"]), for: call)
            }
            _ = try await fixture.service.create(target("s1", ["role": "switch"]), for: call)
            let made = try await fixture.service.create(
                template("ping", "role=router", ["labels": ["kind": "reach"]]), for: call)
            #expect(made.members["checks"] == 2)
            #expect(try await fixture.names { _ in } == ["r1/ping", "r2/ping"])
            let check = try await fixture.service.get("r1/ping")
            #expect(check["labels"] == ["kind": "reach", "role": "router", "target": "r1"])
            #expect(check["origin"] == "template")
            #expect(check["target"] == "target:1")
            #expect(check["template"] == "check_template:1")
            #expect(try await fixture.service.target("r1").checks == 1)
        }
    }

    @Test func `A new target gets the checks of the templates, which run`() async throws {
        try await MonitoringFixture.run { fixture in
            let call = MonitoringFixture.call
            _ = try await fixture.service.create(
                template("ping", "", ["volume": "{{ labels.volume }}"]), for: call)
            let target = try await fixture.service.create(
                target("r1", ["volume": "7"]), for: call)
            #expect(target.checks == 1)
            #expect(try await fixture.service.get("r1/ping")["volume"] == 7)
            await fixture.pass(.seconds(1))
            #expect(try await fixture.service.get("r1/ping")["state"] == "ok")
        }
    }

    @Test func `Checks come and go with the labels, and stay where they fit`() async throws {
        try await MonitoringFixture.run { fixture in
            let call = MonitoringFixture.call
            _ = try await fixture.service.create(template("ping", "role=router"), for: call)
            _ = try await fixture.service.create(template("any"), for: call)
            _ = try await fixture.service.create(target("r1", ["role": "router"]), for: call)
            await fixture.pass(.seconds(1))
            var change = UpdateTarget()
            change.target = "r1"
            change.labels = ["role": "switch"]
            #expect(try await fixture.service.update(change, for: call).checks == 1)
            #expect(try await fixture.names { _ in } == ["r1/any"])
            let kept = try await fixture.service.get("r1/any")
            #expect(kept["state"] == "ok")
            #expect(kept["labels"]?["role"] == "switch")
            #expect(kept["generation"] == 2)
        }
    }

    @Test func `A changed template changes its checks`() async throws {
        try await MonitoringFixture.run { fixture in
            let call = MonitoringFixture.call
            _ = try await fixture.service.create(target("r1"), for: call)
            _ = try await fixture.service.create(template("ping"), for: call)
            var change = UpdateTemplate()
            change.template = "ping"
            change.name = "reach"
            change.members = ["max_attempts": 9, "volume": 3]
            _ = try await fixture.service.update(change, for: call)
            let check = try await fixture.service.get("r1/reach")
            #expect(check["max_attempts"] == 9)
            #expect(check["volume"] == 3)
            #expect(check["ref"] == "check:1")
        }
    }

    @Test func `A deleted target takes its checks with it, a deleted template too`() async throws {
        try await MonitoringFixture.run { fixture in
            let call = MonitoringFixture.call
            for name in ["a", "b"] {
                _ = try await fixture.service.create(target(name), for: call)
                _ = try await fixture.service.create(template("t-\(name)"), for: call)
            }
            var target = DeleteTarget()
            target.target = "a"
            _ = try await fixture.service.delete(target, for: call)
            #expect(try await fixture.names { _ in } == ["b/t-a", "b/t-b"])
            var template = DeleteTemplate()
            template.template = "check_template:1"
            _ = try await fixture.service.delete(template, for: call)
            #expect(try await fixture.names { _ in } == ["b/t-b"])
            #expect(try await fixture.storedChecks() == 1)
        }
    }

    @Test func `What a template asks of a target is refused where it lacks it`() async throws {
        try await MonitoringFixture.run { fixture in
            let call = MonitoringFixture.call
            _ = try await fixture.service.create(target("r1"), for: call)
            let error = await refusal {
                _ = try await fixture.service.create(
                    template("ping", "", ["volume": "{{ labels.volume }}"]), for: call)
            }
            #expect(error?.fields.map(\.path) == ["ping.volume"])
            #expect(error?.fields.first?.reason.contains("r1") == true)
            #expect(try await fixture.count("monitoring_template") == 0)
            let range = await refusal {
                _ = try await fixture.service.create(
                    template("loud", "", ["volume": 11]), for: call)
            }
            #expect(range?.fields.map(\.path) == ["loud.volume"])
        }
    }

    @Test func `What one of many targets fills wrongly is found`() async throws {
        try await MonitoringFixture.run { fixture in
            let call = MonitoringFixture.call
            for (name, volume) in [("a", "1"), ("b", "2"), ("c", "30")] {
                _ = try await fixture.service.create(target(name, ["volume": volume]), for: call)
            }
            for members: JSON.Object in [
                ["volume": "{{ labels.volume }}"],
                ["volume": "{{ labels.volume }}", "stage": "s{{ target }}"],
            ] {
                let error = await refusal {
                    _ = try await fixture.service.create(template("t", "", members), for: call)
                }
                #expect(error?.fields.map(\.path) == ["t.volume"])
                #expect(error?.fields.first?.reason.contains("\"c\"") == true)
            }
            #expect(try await fixture.storedChecks() == 0)
        }
    }

    @Test func `A made check is changed by its template only, but may be paused`() async throws {
        try await MonitoringFixture.run { fixture in
            let call = MonitoringFixture.call
            _ = try await fixture.service.create(target("r1"), for: call)
            _ = try await fixture.service.create(template("ping"), for: call)
            let error = await refusal {
                _ = try await fixture.update("r1/ping") { $0.maxAttempts = 2 }
            }
            #expect(error?.kind == "conflict")
            let deleted = await refusal {
                _ = try await fixture.service.delete("r1/ping", for: call)
            }
            #expect(deleted?.kind == "conflict")
            let paused = try await fixture.service.pause("r1/ping", true, for: call)
            #expect(paused["paused"] == true)
            #expect(paused["stage"] == .string(stage.name))
            try await fixture.restart()
            let after = try await fixture.service.get("r1/ping")
            #expect(after["paused"] == true)
            #expect(after["stage"] == .string(stage.name))
        }
    }

    @Test func `Made checks and their states survive a crash`() async throws {
        stage.play("w")
        try await MonitoringFixture.run { fixture in
            let call = MonitoringFixture.call
            _ = try await fixture.service.create(target("r1", ["volume": "4"]), for: call)
            _ = try await fixture.service.create(
                template("ping", "", ["volume": "{{ labels.volume }}"]), for: call)
            await fixture.pass(.seconds(30))
            let before = try await fixture.service.get("r1/ping")
            #expect(before["state"] == "warning")
            try await fixture.crash()
            let after = try await fixture.service.get("r1/ping")
            for member in ["ref", "state", "state_type", "volume", "labels", "generation"] {
                #expect(after[member] == before[member], "\(member)")
            }
            #expect(try await fixture.service.target("r1").checks == 1)
        }
    }

    @Test func `Names are unique, generations are kept, absent ones are named`() async throws {
        try await MonitoringFixture.run { fixture in
            let call = MonitoringFixture.call
            _ = try await fixture.service.create(target("r1"), for: call)
            let again = await refusal {
                _ = try await fixture.service.create(target("r1"), for: call)
            }
            #expect(again?.kind == "conflict")
            var change = UpdateTarget()
            change.target = "r1"
            change.address = "192.0.2.1"
            change.generation = 7
            let stale = await refusal { _ = try await fixture.service.update(change, for: call) }
            #expect(stale?.kind == "stale_generation")
            let absent = await refusal { _ = try await fixture.service.target("r2") }
            #expect(absent?.kind == "not_found")
            let label = await refusal {
                _ = try await fixture.service.create(target("r2", ["target": "x"]), for: call)
            }
            #expect(label?.fields.map(\.path) == ["labels.target"])
        }
    }

    @Test func `Targets are listed by name, page by page, and filtered by labels`() async throws {
        try await MonitoringFixture.run { fixture in
            for number in [3, 1, 2] {
                _ = try await fixture.service.create(
                    target("r\(number)", ["odd": "\(number % 2)"]), for: MonitoringFixture.call)
            }
            var params = ListTargets()
            params.limit = 2
            let first = try await fixture.service.list(params)
            #expect(first.items.map(\.name) == ["r1", "r2"])
            params.cursor = first.nextCursor
            let second = try await fixture.service.list(params)
            #expect(second.items.map(\.name) == ["r3"])
            #expect(second.nextCursor == nil)
            var odd = ListTargets()
            odd.label = "odd=1"
            #expect(try await fixture.service.list(odd).items.map(\.name) == ["r1", "r3"])
        }
    }
}
