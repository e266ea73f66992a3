import OpsJSONRPC
import Testing

@testable import OpsCore
@testable import OpsMonitoring

/// `check.apply` and `check.export`.
@Suite struct DesiredStateTests {
    private let stage = Stage("state \(UInt64.random(in: 0 ... .max))", "o")

    private func apply(
        _ fixture: MonitoringFixture, _ state: JSON, limit: Int = 1000
    ) async throws -> Applied {
        try await Self.apply(fixture.service, state, limit: limit)
    }

    private static func apply(
        _ service: MonitoringService, _ state: JSON, limit: Int = 1000
    ) async throws -> Applied {
        var params = ApplyState()
        params.state = state.object ?? [:]
        params.limit = limit
        return try await service.apply(params, for: MonitoringFixture.call)
    }

    private func refusal(_ fixture: MonitoringFixture, _ state: JSON) async -> [String] {
        do {
            _ = try await apply(fixture, state)
            return []
        } catch {
            return (error as? RPCError)?.fields.map(\.path) ?? ["\(error)"]
        }
    }

    private var state: JSON {
        [
            "targets": [
                ["name": "r1", "address": "192.0.2.1", "labels": ["role": "router"]],
                ["name": "s1", "labels": ["role": "switch"]],
            ],
            "templates": [
                [
                    "name": "ping", "match": "role=router", "type": "scripted",
                    "stage": .string(stage.name),
                ],
                ["name": "any", "type": "scripted", "stage": .string(stage.name)],
            ],
            "checks": [
                [
                    "name": "web", "type": "scripted", "stage": .string(stage.name),
                    "interval_ms": 5000, "password": "p",
                ]
            ],
        ]
    }

    @Test func `A state is applied as a whole and answered with its counts`() async throws {
        try await MonitoringFixture.run { fixture in
            let applied = try await apply(fixture, state)
            #expect(applied.counts.targets == ChangeCounts(created: 2))
            #expect(applied.counts.templates == ChangeCounts(created: 2))
            #expect(applied.counts.checks == ChangeCounts(created: 1))
            #expect(applied.counts.madeChecks == ChangeCounts(created: 3))
            #expect(applied.changes.map(\.name) == ["r1", "s1", "ping", "any", "web"])
            #expect(applied.changes.allSatisfy { $0.action == .create && $0.before == nil })
            #expect(applied.changes.last?.after?["password"] == "********")
            #expect(try await fixture.names { _ in } == ["r1/any", "r1/ping", "s1/any", "web"])
            let event = try await fixture.events("check.applied").last
            #expect(event?.data["made_checks"]?["created"] == 3)
        }
    }

    @Test func `Applied again, nothing happens`() async throws {
        try await MonitoringFixture.run { fixture in
            _ = try await apply(fixture, state)
            await fixture.pass(.seconds(1))
            let audits = try await fixture.count("audit")
            let again = try await apply(fixture, state)
            #expect(again.changes.isEmpty)
            #expect(again.counts.targets == ChangeCounts(unchanged: 2))
            #expect(again.counts.checks == ChangeCounts(unchanged: 1))
            // The row that every write has, and no more.
            #expect(try await fixture.count("audit") == audits + 1)
            #expect(try await fixture.service.get("web")["state"] == "ok")
        }
    }

    @Test func `What differs is shown and changed, what is not named goes`() async throws {
        try await MonitoringFixture.run { fixture in
            _ = try await apply(fixture, state)
            let applied = try await apply(
                fixture,
                [
                    "targets": [["name": "r1", "labels": ["role": "router"]]],
                    "checks": [],
                ])
            let summary = applied.changes.map { "\($0.action) \($0.kind) \($0.name)" }
            #expect(summary == ["delete target s1", "update target r1", "delete check web"])
            #expect(applied.changes[1].before == ["address": "192.0.2.1"])
            #expect(applied.changes[1].after == ["address": "r1"])
            #expect(applied.counts.templates == ChangeCounts(unchanged: 2))
            #expect(try await fixture.names { _ in } == ["r1/any", "r1/ping"])
        }
    }

    @Test func `A list that is absent leaves its records alone`() async throws {
        try await MonitoringFixture.run { fixture in
            _ = try await apply(fixture, state)
            let applied = try await apply(fixture, ["templates": []])
            #expect(applied.counts.madeChecks == ChangeCounts(deleted: 3))
            #expect(try await fixture.names { _ in } == ["web"])
            #expect(try await fixture.service.list(ListTargets()).items.count == 2)
        }
    }

    @Test func `What is wrong is named by its path, all of it, and nothing changes`() async throws {
        try await MonitoringFixture.run { fixture in
            _ = try await apply(fixture, state)
            await fixture.pass(.seconds(1))
            let audits = try await fixture.count("audit")
            let wrong = await refusal(
                fixture,
                [
                    "targets": [["name": "r1"], ["name": "r1"], ["name": "a:b"]],
                    "templates": [
                        ["type": "scripted"], ["name": "x", "type": "http", "match": "="],
                    ],
                    "checks": [["name": "c"], 7],
                    "rules": [],
                ])
            #expect(
                wrong == [
                    "rules", "targets[1].name", "targets[2].name", "templates[0].name",
                    "templates[1].match", "checks[0].type", "checks[1]",
                ])
            let later = await refusal(
                fixture,
                [
                    "checks": [
                        ["name": "c", "type": "scripted", "stage": "forbidden"],
                        ["name": "d", "type": "scripted", "stage": "s", "volume": 11],
                    ]
                ])
            #expect(later == ["checks[0].stage", "checks[1].volume"])
            let template = await refusal(
                fixture,
                ["templates": [["name": "t", "type": "scripted", "stage": "{{ labels.rack }}"]]])
            #expect(template == ["templates[0].stage"])
            #expect(try await fixture.count("audit") == audits)
            #expect(try await fixture.names { _ in }.count == 4)
        }
    }

    @Test func `A check of plugins.json keeps its name`() async throws {
        let wish = MonitoringFixture.wish("mine", on: stage.name)
        try await MonitoringFixture.run(checks: [CheckDefinition(wish)]) { fixture in
            let taken: JSON = [
                "checks": [["name": "mine", "type": "scripted", "stage": .string(stage.name)]]
            ]
            let error = await #expect(throws: RPCError.self) {
                try await apply(fixture, taken)
            }
            #expect(error?.kind == "conflict")
            _ = try await apply(fixture, ["checks": []])
            #expect(try await fixture.names { _ in } == ["mine"])
        }
    }

    @Test func `What is exported can be applied, secrets stay`() async throws {
        try await MonitoringFixture.run { fixture in
            _ = try await apply(fixture, state)
            let exported = try await fixture.service.export()
            #expect(
                exported["checks"]?[0]
                    == [
                        "name": "web", "type": "scripted", "interval_ms": 5000,
                        "stage": .string(stage.name), "password": "********",
                    ])
            #expect(exported["templates"]?[0]?["name"] == "any")
            let applied = try await apply(fixture, .object(exported))
            #expect(applied.changes.isEmpty)
            let check = try await fixture.store.read { tx in
                try tx.row("SELECT members FROM monitoring_check WHERE name = 'web'")?
                    .json("members")
            }
            #expect(check?["password"] == "p")
        }
    }

    @Test func `A covered secret that is not there is refused`() async throws {
        try await MonitoringFixture.run { fixture in
            let wrong = await refusal(
                fixture,
                [
                    "checks": [
                        ["name": "w", "type": "scripted", "stage": "s", "password": "********"]
                    ]
                ])
            #expect(wrong == ["checks[0].password"])
        }
    }

    @Test func `A long list of changes is cut where the caller asks, and counted`() async throws {
        try await MonitoringFixture.run { fixture in
            let applied = try await apply(fixture, state, limit: 2)
            #expect(applied.changes.count == 2)
            #expect(applied.moreChanges == 3)
        }
    }

    @Test func `A full disk applies nothing`() async throws {
        try await MonitoringFixture.run { fixture in
            _ = try await apply(fixture, ["targets": [["name": "a"]]])
            fixture.outage.begin()
            await #expect(throws: (any Error).self) { try await apply(fixture, state) }
            fixture.outage.end()
            #expect(try await fixture.service.list(ListTargets()).items.map(\.name) == ["a"])
            #expect(try await fixture.names { _ in } == [])
            _ = try await apply(fixture, state)
            #expect(try await fixture.names { _ in }.count == 4)
        }
    }

    @Test func `Two changes at once are carried out one after the other`() async throws {
        try await MonitoringFixture.run { fixture in
            _ = try await apply(fixture, state)
            let service = fixture.service
            async let first = Self.apply(service, ["targets": [["name": "a"]]])
            async let second = Self.apply(service, ["targets": [["name": "b"]]])
            let counts = try await [first.counts.targets, second.counts.targets]
            #expect(Set(counts.map(\.deleted)) == [1, 2])
            #expect(try await fixture.service.list(ListTargets()).items.count == 1)
            #expect(try await fixture.names { _ in }.count == 2)
        }
    }
}
