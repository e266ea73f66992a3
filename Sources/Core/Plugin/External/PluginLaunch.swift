internal import Glibc
internal import Logging
internal import OpsJSONRPC

/// Brings a plugin's program as far as it can be brought without any effect on the world: it runs,
/// has described itself, and has been held against its entry.
struct PluginLaunch: Sendable {
    /// The versions of the protocol that this host speaks.
    private static let protocols = [1]
    private static let describeTimeout = Duration.seconds(10)

    let entry: PluginConfiguration
    let loop: EventLoop
    let time: any TimeSource
    let version: String
    let log: PluginLog
    /// Nil for a program that is gone in a moment.
    let ledger: ProcessLedger?

    // MARK: - The program

    /// Starts the program, once its file has been found to be the one that is meant.
    nonisolated(nonsending) func open() async throws -> PluginPeer {
        let environment = try await loop.workers.run { [entry] in
            let environment = try PluginEnvironment(entry)
            try ProgramFile(entry, path: environment.variables["PATH"] ?? "").check()
            return environment
        }
        log.hide(environment.secrets)
        let request = ProcessRequest(
            arguments: entry.exec ?? [], environment: environment.variables)
        do throws(LoopError) {
            let peer = try PluginPeer(
                request, name: entry.name, policy: entry.policy, log: log, on: loop, time)
            ledger?.record(entry.name, peer.process.processID)
            return peer
        } catch {
            throw PluginError.startFailed(entry.name, error.description)
        }
    }

    // MARK: - What it says about itself

    nonisolated(nonsending) func describe(_ peer: PluginPeer) async throws -> ExternalManifest {
        let answer = try await ask(
            peer, "plugin.describe",
            [
                "protocol": .array(Self.protocols.map { .number(JSON.Number($0)) }),
                "host": .string(version),
            ], within: Self.describeTimeout)
        let manifest: ExternalManifest
        do throws(RPCError) {
            manifest = try ExternalManifest(json: answer)
        } catch {
            throw failure(.badManifest, "its manifest is wrong: \(error.message)")
        }
        try check(manifest)
        return manifest
    }

    private func check(_ manifest: ExternalManifest) throws {
        let name = manifest.manifest.name
        guard name == entry.name else {
            throw failure(.badManifest, "the program calls itself \(name)")
        }
        guard !Set(manifest.protocols).isDisjoint(with: Self.protocols) else {
            throw failure(
                .badManifest,
                "speaks the protocol \(manifest.protocols), this host \(Self.protocols)")
        }
        if let wanted = manifest.requiredHost, !VersionRule(wanted).accepts(version) {
            throw failure(.badManifest, "wants the host \(wanted), this is \(version)")
        }
        do throws(RPCError) {
            try manifest.refuseForeign()
        } catch {
            throw failure(.badManifest, "its manifest is wrong: \(error.message)")
        }
        let declared = Set(manifest.manifest.hooks.map(\.name))
        if let unknown = entry.hooks.keys.sorted().first(where: { !declared.contains($0) }) {
            throw failure(.badSettings, "hooks.\(unknown): the plugin has no such hook")
        }
        try manifest.claims.check(against: entry.grants ?? PluginGrants(), of: entry.name)
    }

    /// Checks the settings, by the plugin's schema and then by the plugin.
    nonisolated(nonsending) func validate(
        _ peer: PluginPeer, _ manifest: ExternalManifest
    ) async throws {
        if let schema = manifest.configSchema {
            let complaints = schema.complaints(about: entry.config)
            guard complaints.isEmpty else { throw badConfig(complaints, manifest) }
        }
        guard manifest.features.contains(.validate) else { return }
        let answer = try await ask(
            peer, "plugin.validate", ["config": entry.config], within: Self.describeTimeout)
        guard answer["ok"] != true else { return }
        let fields = (answer["fields"]?.array ?? []).map {
            RPCError.FieldError(
                path: $0["path"]?.string ?? "", reason: $0["reason"]?.string ?? "is wrong")
        }
        throw badConfig(
            fields.isEmpty ? [.init(path: "", reason: "the plugin refuses its settings")] : fields,
            manifest)
    }

    // MARK: - Errors

    nonisolated(nonsending) func ask(
        _ peer: PluginPeer, _ method: String, _ params: JSON.Object, within limit: Duration
    ) async throws -> JSON {
        do throws(PeerFailure) {
            return try await peer.ask(method, params, within: limit)
        } catch {
            let reason = if case .terminated = error { peer.ending } else { String?.none }
            throw failure(.startFailed, "\(method) failed: \(reason ?? error.description)")
        }
    }

    private func badConfig(
        _ fields: [RPCError.FieldError], _ manifest: ExternalManifest
    ) -> PluginError {
        .badSettings(entry.name, fields, in: entry.config, secrets: manifest.secretSettings)
    }

    private func failure(_ code: PluginError.Code, _ message: String) -> PluginError {
        PluginError(code: code, plugin: entry.name, message: message)
    }
}
