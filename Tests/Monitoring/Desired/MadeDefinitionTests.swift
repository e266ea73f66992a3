import OpsJSONRPC
import Testing

@testable import OpsCore
@testable import OpsMonitoring

/// What a template and a target say of a check that is held as the two.
@Suite struct MadeDefinitionTests {
    private let target = TargetDefinition(
        name: "web1", address: "192.0.2.7", labels: ["site": "ulm", "port": "8443"])

    private func template(_ members: JSON.Object = [:]) throws -> CheckTemplate {
        var given: JSON.Object = [
            "type": "tcp", "host": "{{ address }}", "port": "{{ labels.port }}",
            "interval_ms": 30_000,
        ]
        for (name, value) in members { given[name] = value }
        return try CheckTemplate(
            name: "https", match: "", given: given,
            CheckReader(.standard, minIntervalMs: 1000))
    }

    @Test func `It is worked out of both`() throws {
        let check = try template(["labels": ["zone": "{{ labels.site }}-1"], "max_attempts": 5])
            .check(for: target)
        #expect(check.name == "web1/https")
        #expect(check.type == "tcp")
        #expect(check.members == ["host": "192.0.2.7", "port": 8443])
        #expect(
            check.labels == ["site": "ulm", "port": "8443", "target": "web1", "zone": "ulm-1"])
        #expect((check.intervalMs, check.retryIntervalMs, check.maxAttempts) == (30_000, 10_000, 5))
    }

    @Test func `It equals one that was written so`() throws {
        let made = try template().check(for: target)
        let written = CheckDefinition(
            name: made.name, type: made.type, labels: made.labels, intervalMs: made.intervalMs,
            retryIntervalMs: made.retryIntervalMs, timeoutMs: made.timeoutMs,
            maxAttempts: made.maxAttempts, policy: made.policy, members: made.members)
        #expect(made == written)
        #expect(try made == template().check(for: target))
        #expect(try made != template(["port": 80]).check(for: target))
    }

    @Test func `A change of it changes nothing else`() throws {
        let template = try template()
        let made = try template.check(for: target)
        var changed = made
        changed.name = "other"
        changed.intervalMs = 60_000
        #expect(changed.name == "other")
        #expect((changed.intervalMs, changed.members) == (60_000, made.members))
        #expect(made.name == "web1/https")
        #expect(template.check.intervalMs == 30_000)
    }

    @Test func `Rules are shared unless a target fills them`() throws {
        let shared = try template(["recovery_attempts": 2])
        let rules = try shared.check(for: target).sharedRules
        #expect(rules?.value.recoveryAttempts == 2)
        #expect(rules === shared.rules)
        let filled = try template(["parents": ["{{ labels.site }}"]]).check(for: target)
        #expect(filled.sharedRules == nil)
        #expect(try filled.rules().parents == [ParentGroup(anyOf: ["ulm"])])
    }

    @Test func `A label that the target lacks is named with its member`() throws {
        let template = try template([
            "host": "{{ labels.rack }}", "labels": ["row": "{{labels.y}}"],
        ])
        for (labels, path) in [([:], "labels.row"), (["y": "1"], "host")] {
            let bare = TargetDefinition(name: "bare", address: "bare", labels: labels)
            let error = #expect(throws: RPCError.self) { try template.check(for: bare) }
            #expect(error?.fields.map(\.path) == [path])
        }
    }
}
