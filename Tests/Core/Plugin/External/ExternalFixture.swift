import Foundation
import Logging
import OpsJSONRPC

@testable import OpsCore

/// Platforms with plugins that are real programs, beside the plugins of the zoo.
final class ExternalFixture: Sendable {
    static let python = "/usr/bin/env"
    static let script = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "Plugins/animal.py").path

    let folder: StoreFolder
    let log = Journal<String>()

    init(_ folder: StoreFolder? = nil) throws { self.folder = try folder ?? StoreFolder() }

    /// An entry for the test's plugin: it behaves as told, and is started again at once.
    static func animal(
        _ name: String = "cat", _ how: [String] = [], config: JSON = [:],
        grants: PluginGrants? = nil, onFailure: PluginConfiguration.OnFailure = .abortStart,
        _ change: (inout PluginConfiguration) throws -> Void = { _ in }
    ) throws -> PluginConfiguration {
        var entry = PluginConfiguration(
            name: name, exec: [python, "python3", "-S", "-B", script, name] + how,
            onFailure: onFailure, config: config, grants: grants)
        entry.policy = try policy(["restart": ["initial_ms": 1, "max_ms": 20]])
        try change(&entry)
        return entry
    }

    static func policy(_ members: JSON.Object) throws -> PluginPolicy {
        try FieldSet(PluginPolicy.self).decode(members)
    }

    static func grants(_ json: JSON.Object) throws -> PluginGrants {
        try FieldSet(PluginGrants.self).decode(json)
    }

    func options(_ plugins: [PluginConfiguration]) -> Platform.Options {
        Platform.Options(
            dataDirectory: folder.folder, configuration: Configuration(plugins: plugins),
            available: Zoo.all, logger: LogJournal.logger(log), version: "0.2.0")
    }

    /// Starts a platform, runs the body and stops it.
    func run(
        _ plugins: PluginConfiguration..., body: (Platform) async throws -> Void
    ) async throws {
        let platform = try await Platform.start(options(plugins))
        do {
            try await body(platform)
        } catch {
            await platform.stop()
            throw error
        }
        await platform.stop()
    }

    /// Fails to start and answers why.
    func failure(_ plugins: PluginConfiguration...) async -> PluginError? {
        do {
            await (try Platform.start(options(plugins))).stop()
            return nil
        } catch {
            return error as? PluginError
        }
    }

    /// Waits until that many lines of the log have the text.
    @discardableResult
    func logged(_ text: String, times: Int = 1) async -> String {
        var seen = 0
        var count = 0
        while true {
            let lines = await log.first(seen + 1)
            for line in lines[seen...] where line.contains(text) {
                count += 1
                if count == times { return line }
            }
            seen = lines.count
        }
    }

    /// The processes of a group that have not ended.
    static func living(group: pid_t) throws -> [pid_t] {
        try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap { name in
            guard let entry = pid_t(name).flatMap(ProcessEntry.init) else { return nil }
            return entry.group == group && !entry.isZombie ? entry.processID : nil
        }
    }

    func has(_ text: String) -> Bool { log.entries.contains { $0.contains(text) } }
}

extension Platform {
    /// The process of a plugin.
    func pid(_ plugin: String = "cat") async throws -> pid_t {
        pid_t(try await call("plugin.get", ["plugin": .string(plugin)])["pid"]?.int ?? 0)
    }

    func state(_ plugin: String = "cat") async throws -> String {
        try await call("plugin.get", ["plugin": .string(plugin)])["state"]?.string ?? ""
    }

    /// The error that a call ends with; nil when it succeeds.
    func error(
        _ method: String, _ params: JSON? = nil, meta: CallMeta = CallMeta()
    ) async -> RPCError? {
        do throws(RPCError) {
            _ = try await dispatcher.call(method, params, as: .system, meta: meta)
            return nil
        } catch {
            return error
        }
    }
}
