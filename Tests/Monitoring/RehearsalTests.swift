import Logging
import OpsJSONRPC
import Testing

@testable import OpsCore
@testable import OpsMonitoring

/// Every method of a platform that writes, called with `dry_run`.
@Suite struct RehearsalTests {
    /// Parameters with which a method does something; what is not here gets what its schema asks
    /// for, which may be refused but must change nothing either.
    private static let samples: [String: JSON] = [
        "check.apply": [
            "state": ["targets": [["name": "kept"], ["name": "leaving"], ["name": "fresh"]]]
        ],
        "check.create": ["name": "new", "type": "heartbeat"],
        "check.delete": ["check": "gone"],
        "check.pause": ["check": "job"],
        "check.resume": ["check": "napping"],
        "check.run": ["check": "web"],
        "check.submit": ["check": "beat", "state": "critical", "output": "bad"],
        "check.template.create": ["name": "second", "type": "heartbeat"],
        "check.template.delete": ["template": "going"],
        "check.template.update": ["template": "first", "max_attempts": 4],
        "check.update": ["check": "job", "name": "renamed"],
        "metric.delete": ["select": "check_state"],
        "metric.import": ["items": [["name": "m", "labels": [:], "points": []]]],
        "system.reload": [:],
        "target.create": ["name": "new", "labels": ["a": "b"]],
        "target.delete": ["target": "leaving"],
        "target.update": ["target": "kept", "address": "192.0.2.1"],
    ]

    private static func withPlatform(_ body: (Platform) async throws -> Void) async throws {
        let folder = try TemporaryFolder()
        let configuration = Configuration(plugins: [PluginConfiguration(name: "monitoring")])
        let platform = try await Platform.start(
            Platform.Options(
                dataDirectory: folder.path + "/data", configuration: configuration,
                available: [MonitoringPlugin.self], time: ManualTime(),
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, version: "1",
                readConfiguration: { configuration }))
        do {
            try await furnish(platform)
            try await body(platform)
        } catch {
            await platform.stop()
            throw error
        }
        await platform.stop()
        folder.remove()
    }

    private static func furnish(_ platform: Platform) async throws {
        for name in ["gone", "job", "napping", "beat"] {
            let params: JSON = ["name": .string(name), "type": "heartbeat"]
            _ = try await platform.call("check.create", params)
        }
        _ = try await platform.call(
            "check.create",
            ["name": "web", "type": "http", "url": "http://127.0.0.1:9/", "labels": ["a": "b"]])
        for name in ["kept", "leaving"] {
            _ = try await platform.call("target.create", ["name": .string(name)])
        }
        for name in ["first", "going"] {
            _ = try await platform.call(
                "check.template.create", ["name": .string(name), "type": "heartbeat"])
        }
        for name in ["napping", "web"] {
            _ = try await platform.call("check.pause", ["check": .string(name)])
        }
        while try await platform.call("check.stats")["running"] != 0 { await Task.yield() }
    }

    // MARK: - What there is

    /// Every row of every table.
    private static func rows(_ platform: Platform) async throws -> [String: [String]] {
        try await platform.store.read { tx in
            let tables = try tx.rows(
                "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE '%VIRTUAL%'")
            var rows: [String: [String]] = [:]
            for table in try tables.map({ try $0.text("name") }) {
                let columns = try tx.rows("SELECT name FROM pragma_table_info('\(table)')")
                    .map { "quote(\"\(try $0.text("name"))\")" }.joined(separator: " || ',' || ")
                rows[table] = try tx.rows("SELECT \(columns) AS line FROM \"\(table)\"")
                    .map { try $0.text("line") }
            }
            return rows
        }
    }

    /// The answers of every method that reads and does not measure the process itself.
    private static func answers(_ platform: Platform) async -> [String: JSON] {
        var answers: [String: JSON] = [:]
        for (method, _) in platform.registry.declarations where method.effect == .read {
            guard
                !["system.info", "system.stats", "event.subscribe", "token.use"].contains(
                    method.name)
            else {
                continue
            }
            do throws(RPCError) {
                answers[method.name] = try await platform.call(method.name, sample(method))
            } catch {
                answers[method.name] = .string(error.message)
            }
        }
        return answers
    }

    private static func sample(_ method: MethodDeclaration) -> JSON {
        if let sample = samples[method.name] { return sample }
        var params = JSON.Object()
        for field in method.fields where field.isRequired {
            let type = field.schema["type"]
            params[field.name] =
                switch type {
                case "integer", "number": 1
                case "boolean": true
                case "array": []
                case "object": [:]
                default: field.name == "check" ? "job" : field.schema["enum"]?[0] ?? "check:1"
                }
        }
        return .object(params)
    }

    private static func rehearsed(_ params: JSON) -> JSON {
        var members = params.object ?? [:]
        members["_meta"] = ["dry_run": true]
        return .object(members)
    }

    // MARK: - Tests

    @Test func `a dry run of any method changes nothing, and its real run does`() async throws {
        try await Self.withPlatform { platform in
            let methods = platform.registry.declarations.map(\.method)
                // A token that is refused leaves a row about the denial, whoever asks for it.
                .filter { $0.effect != .read && $0.name != "token.use" }
            #expect(Set(Self.samples.keys).isSubset(of: methods.map(\.name)))
            for method in methods {
                let params = Self.sample(method)
                let (rows, answers) = (
                    try await Self.rows(platform), await Self.answers(platform)
                )
                let result = await Self.outcome(platform, method.name, Self.rehearsed(params))
                #expect(try await Self.rows(platform) == rows, "\(method.name)")
                for (name, answer) in await Self.answers(platform) {
                    #expect(answer == answers[name], "\(name) after \(method.name)")
                }
                guard Self.samples[method.name] != nil else { continue }
                #expect(throws: Never.self, "\(method.name)") { try result.get() }
                _ = try await platform.call(method.name, params)
                #expect(try await Self.rows(platform) != rows, "\(method.name)")
            }
        }
    }

    private static func outcome(
        _ platform: Platform, _ method: String, _ params: JSON
    ) async -> Result<JSON, RPCError> {
        do throws(RPCError) {
            return .success(try await platform.call(method, params))
        } catch {
            return .failure(error)
        }
    }

    @Test func `a dry run answers what the real run would`() async throws {
        try await Self.withPlatform { platform in
            for (method, members) in [
                ("check.create", ["ref", "name", "generation"]),
                ("check.pause", ["paused", "generation"]),
                ("check.update", ["ref", "name", "generation"]),
                ("check.submit", ["state", "state_type", "output", "last_submission_at"]),
                ("check.delete", []),
                ("target.create", ["ref", "name", "checks", "generation"]),
                ("target.update", ["address", "checks", "generation"]),
                ("check.template.create", ["ref", "name", "checks", "generation"]),
                ("check.template.update", ["max_attempts", "checks", "generation"]),
                ("check.apply", ["counts", "changes"]),
            ] {
                let params = try #require(Self.samples[method])
                let dry = try await platform.call(method, Self.rehearsed(params))
                let real = try await platform.call(method, params)
                for member in members {
                    #expect(dry[member] == real[member], "\(method) \(member)")
                }
            }
        }
    }

    @Test func `whoever runs or feeds a check stands in the audit log`() async throws {
        try await Self.withPlatform { platform in
            let user = Principal.user(1000)
            for method in ["check.run", "check.submit"] {
                _ = try await platform.call(method, Self.samples[method], as: user)
            }
            let rows = try await platform.call("audit.list", ["principal": "uid:1000"])
            let actions = rows["items"]?.array?.compactMap { $0["action"]?.string }
            #expect(actions == ["check.submitted", "check.run"])
        }
    }

    @Test func `a check whose generation is another is neither paused nor deleted`() async throws {
        try await Self.withPlatform { platform in
            for method in ["check.pause", "check.resume", "check.delete"] {
                let error = await #expect(throws: RPCError.self) {
                    try await platform.call(method, ["check": "job", "generation": 9])
                }
                #expect(error?.code == 1005)
            }
            _ = try await platform.call("check.delete", ["check": "job", "generation": 1])
        }
    }
}
