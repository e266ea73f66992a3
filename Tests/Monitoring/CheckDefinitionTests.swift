import OpsJSONRPC
import Testing

@testable import OpsCore
@testable import OpsMonitoring

/// What may be asked for, and what is said about the rest.
@Suite struct CheckDefinitionTests {
    static let catalog = CheckCatalog([ScriptedCheck.self, HeartbeatCheck.self])
    static let fields = FieldSet(CreateCheck.self, extra: catalog.fields)

    /// Reads what a caller sent, up to the decision whether it is a check.
    static func define(_ json: JSON, minIntervalMs: Int = 1000) throws(RPCError) -> CheckDefinition
    {
        let definition = CheckDefinition(try fields.decode(json))
        _ = try definition.validated(by: catalog, minIntervalMs: minIntervalMs)
        return definition
    }

    static func complaints(_ json: JSON) -> [String] {
        do throws(RPCError) {
            _ = try define(json)
            return []
        } catch {
            return error.fields.map { "\($0.path) \($0.reason)" }
        }
    }

    @Test func `What is left out has the usual values`() throws {
        let definition = try Self.define(["name": "web", "type": "scripted", "stage": "x"])
        #expect(definition.intervalMs == 60_000)
        #expect(definition.retryIntervalMs == 10_000)
        #expect(definition.timeoutMs == 10_000)
        #expect(definition.maxAttempts == 3)
    }

    @Test func `A short interval shortens the usual retry interval and timeout`() throws {
        let definition = try Self.define([
            "name": "web", "type": "scripted", "stage": "x", "interval_ms": 2000,
        ])
        #expect(definition.retryIntervalMs == 2000)
        #expect(definition.timeoutMs == 2000)
    }

    @Test func `A heartbeat is hard at once, because the grace was its patience`() throws {
        let definition = try Self.define(["name": "job", "type": "heartbeat"])
        #expect(definition.maxAttempts == 1)
    }

    @Test(
        arguments: [
            (["type": "scripted", "stage": "x"], "name"),
            (["name": "", "type": "scripted", "stage": "x"], "name"),
            (["name": "a:b", "type": "scripted", "stage": "x"], "name"),
            (["name": " web", "type": "scripted", "stage": "x"], "name"),
            (["name": "wéb", "type": "scripted", "stage": "x"], "name"),
            (["name": "web", "stage": "x"], "type"),
            (["name": "web", "type": "gopher"], "type"),
            (["name": "web", "type": "scripted"], "stage"),
            (["name": "web", "type": "scripted", "stage": 7], "stage"),
            (["name": "web", "type": "scripted", "stage": "forbidden"], "stage"),
            (["name": "web", "type": "scripted", "stage": "x", "volume": 11], "volume"),
            (["name": "web", "type": "scripted", "stage": "x", "grace_ms": 1], "grace_ms"),
            (["name": "web", "type": "scripted", "stage": "x", "stagf": "y"], "stagf"),
            (["name": "web", "type": "scripted", "stage": "x", "interval_ms": 999], "interval_ms"),
            (
                ["name": "web", "type": "scripted", "stage": "x", "interval_ms": 86_400_001],
                "interval_ms"
            ),
            (
                ["name": "web", "type": "scripted", "stage": "x", "interval_ms": "1m"],
                "interval_ms"
            ),
            (["name": "web", "type": "scripted", "stage": "x", "max_attempts": 0], "max_attempts"),
            (["name": "web", "type": "scripted", "stage": "x", "timeout_ms": 0], "timeout_ms"),
            (
                ["name": "web", "type": "scripted", "stage": "x", "labels": ["a b": "c"]],
                "labels.a b"
            ),
            (["name": "web", "type": "scripted", "stage": "x", "labels": ["a": 1]], "labels.a"),
        ] as [(JSON, String)])
    func `A member that is wrong is named`(_ json: JSON, _ path: String) {
        let complaints = Self.complaints(json)
        #expect(complaints.contains { $0.hasPrefix("\(path) ") }, "\(complaints)")
    }

    @Test func `A member of another type is sent to where it belongs`() {
        let complaints = Self.complaints([
            "name": "job", "type": "heartbeat", "stage": "x",
        ])
        #expect(complaints == ["stage belongs to checks of type scripted, not heartbeat"])
    }

    @Test func `A heartbeat may be expected once a month`() throws {
        _ = try Self.define([
            "name": "job", "type": "heartbeat", "interval_ms": 2_678_400_000,
        ])
    }

    @Test func `Names may have inner spaces, dots and hyphens`() {
        for name in ["a", "web.ulm-1", "disk of db_1", String(repeating: "x", count: 100)] {
            #expect(CheckName.isValid(name), "\(name)")
        }
        #expect(!CheckName.isValid(String(repeating: "x", count: 101)))
    }

    @Test func `The list of the file names the check and the member that is wrong`() {
        var settings = MonitoringSettings()
        settings.checks = [
            ["name": "a", "type": "scripted", "stage": "x"],
            ["name": "b", "type": "scripted", "stage": "x", "volume": 0],
            ["name": "c", "type": "scripted"],
            ["name": "a", "type": "heartbeat"],
        ]
        do {
            _ = try DesiredChecks.read(settings, catalog: Self.catalog)
            Issue.record("the list was accepted")
        } catch {
            #expect(
                error.fields.map(\.path) == [
                    "checks[1].volume", "checks[2].stage", "checks[3].name",
                ])
        }
    }

    @Test func `Secrets are covered wherever a check is shown`() {
        let shown = Self.catalog.shown(
            "scripted", ["stage": "x", "password": "hunter2"])
        #expect(shown["password"] == "********")
        #expect(shown["volume"] == 5)
        #expect(Self.catalog.shown("scripted", ["stage": "x"])["password"] == nil)
    }

    @Test func `Every bundled type declares its members for the methods`() {
        let declaration = MonitoringMethods.declarations(.standard)
            .first { $0.name == "check.create" }
        let grace = declaration?.fields.first { $0.name == "grace_ms" }
        #expect(grace?.traits.appliesTo == ["heartbeat"])
        let names = declaration?.fields.map(\.name) ?? []
        #expect(Set(names).isSuperset(of: ["name", "type", "url", "host", "port", "command"]))
    }
}
