import OpsJSONRPC
import Testing

@testable import OpsCore
@testable import OpsMonitoring

/// The one rule about what may depend on what, in every way by which checks come, change and go.
@Suite struct DependencyTests {
    private let stage = Stage("dependencies \(UInt64.random(in: 0 ... .max))", "o")

    private func wish(_ name: String, parents: JSON = []) -> CreateCheck {
        MonitoringFixture.wish(name, on: stage.name) { $0.members["parents"] = parents }
    }

    private func composite(_ name: String, _ members: JSON.Object) -> CreateCheck {
        MonitoringFixture.wish(name, on: "") { wish in
            wish.type = CompositeCheck.kind
            wish.members = members
        }
    }

    private func json(_ name: String, _ members: JSON.Object = [:]) -> JSON {
        var json: JSON.Object = [
            "name": .string(name), "type": "scripted", "stage": .string(stage.name),
        ]
        for (name, value) in members { json[name] = value }
        return .object(json)
    }

    private func apply(_ fixture: MonitoringFixture, _ state: JSON) async throws {
        var params = ApplyState()
        params.state = state.object ?? [:]
        _ = try await fixture.service.apply(params, for: MonitoringFixture.call)
    }

    /// What was refused: paths and reasons, or the message.
    private func refusal(_ body: () async throws -> Void) async -> [String] {
        do {
            try await body()
            return []
        } catch let error as RPCError {
            guard !error.fields.isEmpty else { return [error.message] }
            return error.fields.map { "\($0.path): \($0.reason)" }
        } catch {
            return ["\(error)"]
        }
    }

    // MARK: - By method

    @Test func `A check that others name is neither deleted nor renamed`() async throws {
        try await MonitoringFixture.run { fixture in
            let call = MonitoringFixture.call
            try await fixture.create(wish("router"))
            try await fixture.create(wish("web", parents: ["router"]))
            try await fixture.create(wish("db", parents: [["any_of": ["check:1", "web"]]]))
            try await fixture.create(composite("site", ["checks": ["web"]]))
            #expect(
                await refusal { _ = try await fixture.service.delete("router", for: call) }
                    == ["\"router\" is named by \"db\", \"web\"."])
            #expect(
                await refusal { _ = try await fixture.service.delete("web", for: call) }
                    == ["\"web\" is named by \"db\", \"site\"."])
            #expect(
                await refusal { _ = try await fixture.update("web") { $0.name = "www" } }
                    == ["\"web\" is named by \"db\", \"site\"."])
            // By its ref it is still found.
            _ = try await fixture.update("web") { $0.members = ["parents": ["check:1"]] }
            _ = try await fixture.update("router") { $0.name = "gateway" }
            _ = try await fixture.service.delete("gateway", force: true, for: call)
            #expect(try await fixture.names { _ in } == ["db", "site", "web"])
        }
    }

    @Test func `A composite and a parent that would depend on each other are refused`() async throws
    {
        try await MonitoringFixture.run { fixture in
            try await fixture.create(wish("web"))
            try await fixture.create(composite("site", ["checks": ["web"]]))
            #expect(
                await refusal {
                    _ = try await fixture.update("web") { $0.members = ["parents": ["site"]] }
                } == ["parents[0]: the check would depend on itself: web > site > web"])
            try await fixture.create(composite("all", ["select": "role=web"]))
            try await fixture.create(wish("db", parents: ["all"]))
            #expect(
                await refusal {
                    _ = try await fixture.update("db") { $0.labels = ["role": "web"] }
                } == ["parents[0]: the check would depend on itself: db > all > db"])
            #expect(
                await refusal {
                    _ = try await fixture.update("all") { $0.members = ["select": "!role"] }
                } == ["select: the check would depend on itself: all > db > all"])
        }
    }

    @Test func `A circle by what a composite selects is refused, wherever it is closed`()
        async throws
    {
        try await MonitoringFixture.run { fixture in
            try await fixture.create(wish("x"))
            try await fixture.create(
                MonitoringFixture.wish("w", on: stage.name) { wish in
                    wish.labels = ["zone": "a"]
                    wish.members["parents"] = ["x"]
                })
            try await fixture.create(composite("k", ["select": "zone=a"]))
            #expect(
                await refusal {
                    _ = try await fixture.update("x") { $0.members = ["parents": ["k"]] }
                } == ["parents[0]: the check would depend on itself: x > k > w > x"])
            #expect(
                await refusal {
                    try await apply(
                        fixture,
                        [
                            "checks": [
                                json("x", ["parents": ["k"]]),
                                json("w", ["parents": ["x"], "labels": ["zone": "a"]]),
                                ["name": "k", "type": "composite", "select": "zone=a"],
                            ]
                        ])
                } == ["checks[0].parents[0]: the check would depend on itself: x > k > w > x"])
            // Who comes back is found as well.
            _ = try await fixture.service.delete("x", force: true, for: MonitoringFixture.call)
            #expect(
                await refusal { try await fixture.create(wish("x", parents: ["k"])) }
                    == ["parents[0]: the check would depend on itself: x > k > w > x"])
            let file = CheckDefinition(wish("x", parents: ["k"]))
            #expect(
                await refusal {
                    try await fixture.service.reload([file], limits: CheckLimits())
                } == ["checks[0].parents[0]: the check would depend on itself: x > k > w > x"])
        }
    }

    @Test func `A circle over a composite that a template makes is refused`() async throws {
        try await MonitoringFixture.run { fixture in
            let made: JSON = [
                "targets": [["name": "t1"]],
                "templates": [["name": "all", "type": "composite", "select": "zone=b"]],
            ]
            try await apply(fixture, made)
            let labelled = { (name: String, zone: String, parents: JSON) in
                json(name, ["labels": ["zone": .string(zone)], "parents": parents])
            }
            let k: JSON = ["name": "k", "type": "composite", "select": "zone=a"]
            let w = labelled("w", "a", ["t1/all"])
            try await apply(fixture, ["checks": [k, w, labelled("x", "b", [])]])
            #expect(
                await refusal {
                    try await apply(fixture, ["checks": [k, w, labelled("x", "b", ["k"])]])
                } == [
                    "checks[2].parents[0]: the check would depend on itself: x > k > w > t1/all > x"
                ])
        }
    }

    @Test func `A check with parents that a template made is refused and does not stop others`()
        async throws
    {
        try await MonitoringFixture.run { fixture in
            try await apply(
                fixture,
                [
                    "targets": [["name": "t1"]],
                    "templates": [json("gate"), json("ping", ["parents": ["{{ target }}/gate"]])],
                ])
            let refused = ["\"t1/ping\" is made by a template."]
            #expect(
                await refusal { _ = try await fixture.update("t1/ping") { $0.intervalMs = 30_000 } }
                    == refused)
            #expect(
                await refusal { _ = try await fixture.update("t1/ping") { $0.name = "other" } }
                    == refused)
            let pause = try await fixture.service.pause(
                "t1/ping", true, for: MonitoringFixture.call)
            #expect(pause["paused"] == true)
            try await apply(fixture, ["targets": [["name": "t1"]]])
        }
    }

    @Test func `A composite that a template makes follows its members from the start`() async throws
    {
        try await MonitoringFixture.run { fixture in
            try await apply(
                fixture,
                [
                    "targets": [["name": "t1"]],
                    "templates": [
                        json("ping"),
                        ["name": "all", "type": "composite", "checks": ["{{ target }}/ping"]],
                    ],
                ])
            await fixture.pass(.seconds(2))
            #expect(try await fixture.status("t1/all") == "ok hard 1")
            #expect(
                await refusal {
                    var params = DeleteTemplate()
                    params.template = "ping"
                    _ = try await fixture.service.delete(params, for: MonitoringFixture.call)
                } == ["\"t1/ping\" is named by \"t1/all\"."])
        }
    }

    // MARK: - By a desired state

    @Test func `A state with unknown parents or a circle is refused with its places, as a whole`()
        async throws
    {
        try await MonitoringFixture.run { fixture in
            try await fixture.create(wish("kept"))
            #expect(
                await refusal {
                    try await apply(
                        fixture,
                        [
                            "checks": [
                                json("kept"), json("a", ["parents": ["b"]]),
                                json("b", ["parents": [["any_of": ["nobody", "a"]]]]),
                            ]
                        ])
                } == [
                    "checks[2].parents[0].any_of[0]: there is no check \"nobody\"",
                    "checks[1].parents[0]: the check would depend on itself: a > b > a",
                    "checks[2].parents[0].any_of[1]: the check would depend on itself: b > a > b",
                ])
            #expect(
                await refusal {
                    try await apply(
                        fixture,
                        [
                            "targets": [["name": "t1"], ["name": "t2"]],
                            "templates": [
                                json("ping", ["parents": ["{{ target }}/gate"]]), json("gate"),
                                json("web", ["parents": ["{{ target }}/pong"]]),
                            ],
                        ])
                } == [
                    "templates[2].parents[0]: there is no check \"t1/pong\" (for the target \"t1\")",
                    "templates[2].parents[0]: there is no check \"t2/pong\" (for the target \"t2\")",
                ])
            #expect(
                await refusal {
                    try await apply(
                        fixture,
                        [
                            "targets": [["name": "t1"]],
                            "templates": [
                                json("ping", ["parents": ["site"]]), json("gate"),
                            ],
                            "checks": [
                                ["name": "site", "type": "composite", "checks": ["t1/ping"]]
                            ],
                        ])
                } == [
                    "checks[0].checks[0]: the check would depend on itself: site > t1/ping > site",
                    "templates[0].parents[0]: the check would depend on itself: t1/ping > site > t1/ping"
                        + " (for the target \"t1\")",
                ])
            #expect(try await fixture.names { _ in } == ["kept"])
        }
    }

    @Test func `Checks of a state may name each other, those of other lists and of plugins json`()
        async throws
    {
        let file = CheckDefinition(wish("file"))
        try await MonitoringFixture.run(checks: [file]) { fixture in
            let state: JSON = [
                "targets": [["name": "t1"]],
                "templates": [json("ping", ["parents": ["file"]])],
                "checks": [json("b", ["parents": ["t1/ping", "a"]]), json("a")],
            ]
            try await apply(fixture, state)
            try await apply(fixture, state)
            #expect(try await fixture.names { _ in } == ["a", "b", "file", "t1/ping"])
        }
    }

    @Test func `What a state no longer has and others still name is refused with its place`()
        async throws
    {
        try await MonitoringFixture.run { fixture in
            let templates: JSON = [json("ping", ["parents": ["a"]])]
            try await apply(
                fixture,
                [
                    "targets": [["name": "t1"], ["name": "t2"]], "templates": templates,
                    "checks": [json("a"), json("b", ["parents": ["a", "t2/ping"]])],
                ])
            #expect(
                await refusal {
                    try await apply(fixture, ["checks": [json("b", ["parents": ["a"]])]])
                }
                    == ["checks[0].parents[0]: there is no check \"a\""])
            #expect(
                await refusal {
                    try await apply(fixture, ["templates": templates, "checks": []])
                } == ["templates[0].parents[0]: there is no check \"a\" any more"])
            #expect(
                await refusal { try await apply(fixture, ["checks": []]) }
                    == ["\"a\" is named by \"t1/ping\", \"t2/ping\"."])
            #expect(
                await refusal { try await apply(fixture, ["targets": [["name": "t1"]]]) }
                    == ["\"t2/ping\" is named by \"b\"."])
            let rename = UpdateTarget()
            #expect(
                await refusal {
                    var rename = rename
                    rename.target = "t2"
                    rename.name = "t3"
                    _ = try await fixture.service.update(rename, for: MonitoringFixture.call)
                } == ["\"t2/ping\" is named by \"b\"."])
            #expect(try await fixture.names { _ in } == ["a", "b", "t1/ping", "t2/ping"])
            // With its children it may go.
            try await apply(fixture, ["targets": [], "templates": [], "checks": []])
            #expect(try await fixture.names { _ in } == [])
        }
    }

    @Test func `Ten thousand checks with parents are judged each, and one mistake is found`()
        async throws
    {
        try await MonitoringFixture.run { fixture in
            let targets = (1...1000).map { number -> JSON in
                [
                    "name": .string("t\(number)"),
                    "labels": ["gate": .string(number == 777 ? "nowhere" : "t1")],
                ]
            }
            var templates = (1...8).map { number in
                json("w\(number)", ["parents": ["{{ target }}/ping"]])
            }
            templates.append(json("ping"))
            templates.append(json("far", ["parents": [["any_of": ["{{ labels.gate }}/ping"]]]]))
            let state: JSON = ["targets": .array(targets), "templates": .array(templates)]
            #expect(
                await refusal { try await apply(fixture, state) } == [
                    "templates[9].parents[0].any_of[0]: there is no check \"nowhere/ping\""
                        + " (for the target \"t777\")"
                ])
            let page = try await fixture.service.list(ListChecks())
            #expect(page.items.isEmpty)
        }
    }

    // MARK: - By plugins.json

    @Test func `A list of plugins json is refused with its places when it names what is not there`()
        async throws
    {
        try await MonitoringFixture.run { fixture in
            try await fixture.create(wish("mine"))
            let good = CheckDefinition(wish("a", parents: ["mine"]))
            try await fixture.service.reload([good], limits: CheckLimits())
            let bad = CheckDefinition(wish("b", parents: ["a", "nobody"]))
            #expect(
                await refusal {
                    try await fixture.service.reload([good, bad], limits: CheckLimits())
                } == ["checks[1].parents[1]: there is no check \"nobody\""])
            #expect(
                await refusal {
                    _ = try await fixture.update("mine") { $0.members = ["parents": ["a"]] }
                }
                    == ["parents[0]: the check would depend on itself: mine > a > mine"])
            #expect(try await fixture.names { _ in } == ["a", "mine"])
            #expect(
                await refusal { try await fixture.restart(checks: [good, bad]) }
                    == ["checks[1].parents[1]: there is no check \"nobody\""])
        }
    }

    @Test func `What a check of plugins json needs may go by force, and the next start says it`()
        async throws
    {
        let web = CheckDefinition(wish("web", parents: ["gate"]))
        try await MonitoringFixture.run { fixture in
            try await fixture.create(wish("gate"))
            try await fixture.service.reload([web], limits: CheckLimits())
            _ = try await fixture.service.delete("gate", force: true, for: MonitoringFixture.call)
            try await fixture.restart(checks: [web])
            #expect(try await fixture.names { _ in } == ["web"])
            #expect(fixture.log.all.contains { $0.contains("needs what is not there") })
            // Other changes of the file are carried out, but what is new is judged.
            let other = CheckDefinition(wish("other"))
            try await fixture.service.reload([web, other], limits: CheckLimits())
            let more = CheckDefinition(wish("more", parents: ["gate"]))
            #expect(
                await refusal {
                    try await fixture.service.reload([web, other, more], limits: CheckLimits())
                } == ["checks[2].parents[0]: there is no check \"gate\""])
            // What goes with this list is no accident.
            let far = CheckDefinition(wish("far", parents: ["other"]))
            try await fixture.service.reload([web, other, far], limits: CheckLimits())
            #expect(
                await refusal {
                    try await fixture.service.reload([web, far], limits: CheckLimits())
                } == ["checks[1].parents[0]: there is no check \"other\""])
        }
    }

    @Test func `What leaves plugins json and is still needed is refused, and said at a start`()
        async throws
    {
        let file = CheckDefinition(wish("file"))
        try await MonitoringFixture.run(checks: [file]) { fixture in
            try await fixture.create(wish("mine", parents: ["file"]))
            #expect(
                await refusal { try await fixture.service.reload([], limits: CheckLimits()) }
                    == ["\"file\" is named by \"mine\"."])
            try await fixture.restart(checks: [])
            #expect(try await fixture.names { _ in } == ["mine"])
            #expect(fixture.log.all.contains { $0.contains("still needed") })
        }
    }
}
