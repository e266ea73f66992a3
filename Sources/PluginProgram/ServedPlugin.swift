internal import Logging
internal import OpsCore
internal import OpsJSONRPC

/// A plugin that runs: a platform of its own with nothing else in it.
final class ServedPlugin: Sendable {
    private let name: String
    /// The topics of its own events.
    private let topics: Set<String>
    private let platform: Platform
    private let link: HostLink
    private let caller: Caller
    private let relay: EventRelay

    /// Starts a plugin in a folder of its own.
    static func start(
        _ plugin: any Plugin.Type, config: JSON, in folder: String, _ link: HostLink
    ) async throws -> ServedPlugin {
        let manifest = plugin.manifest
        let entry = PluginConfiguration(name: manifest.name, config: config)
        let platform = try Platform.open(
            Platform.Options(
                dataDirectory: folder, configuration: Configuration(plugins: [entry]),
                available: [plugin],
                logger: Logger(label: manifest.name) { _ in LinkLogHandler(link) }))
        // Before the plugin starts, because it may call others in its start.
        platform.dispatcher.setForwarder(HostForwarder(manifest, link))
        try platform.loop.start()
        try await platform.begin()
        do {
            let relay = try await EventRelay.start(manifest.events.map(\.topic), platform, link)
            return ServedPlugin(manifest, platform, link, relay)
        } catch {
            await platform.stop()
            throw error
        }
    }

    private init(
        _ manifest: Manifest, _ platform: Platform, _ link: HostLink, _ relay: EventRelay
    ) {
        name = manifest.name
        topics = Set(manifest.events.map(\.topic))
        self.platform = platform
        self.link = link
        self.relay = relay
        caller = Caller(principal: .system, session: LinkSession(link))
    }

    // MARK: - Its life

    func reload(_ config: JSON) async throws -> JSON {
        let entry = PluginConfiguration(name: name, config: config)
        let outcome = try await platform.reload(Configuration(plugins: [entry]))
        return ["applied": .bool(outcome[name] != .needsRestart)]
    }

    /// Answers when the plugin's loop has come round; the host gives up on one that does not.
    func health() async throws -> JSON {
        try await platform.loop.perform {}
        return ["ok": true]
    }

    func stop() async {
        relay.stop()
        await platform.stop()
    }

    // MARK: - Calls

    /// Hands a call, or the cancelling of one, to the platform; the answer goes to the host.
    func pass(_ request: Request) {
        platform.loop.execute { [self] in
            var request = request
            caller.become(Self.takePrincipal(from: &request), nil)
            var out: [UInt8] = []
            platform.dispatcher.answer(.single(.request(request)), from: caller, into: &out) {
                [link] line in link.send(line)
            }
            if !out.isEmpty { link.send(out) }
        }
    }

    private static func takePrincipal(from request: inout Request) -> Principal {
        guard var params = request.params?.object, let meta = params[CallMeta.key]?.object else {
            return .system
        }
        let (principal, rest) = split(meta)
        params[CallMeta.key] = rest.isEmpty ? nil : .object(rest)
        request.params = params.isEmpty ? nil : .object(params)
        return principal
    }

    /// Takes out of `_meta` what only a plugin gets: who calls, and what the call is called.
    private static func split(_ meta: JSON.Object) -> (Principal, JSON.Object) {
        var rest = meta
        rest["principal"] = nil
        rest["request_id"] = nil
        return (meta["principal"]?.string.map(Principal.init) ?? .system, rest)
    }

    // MARK: - Events, hooks and contributions

    /// Announces an event of the host's among the plugin's own, so that it can listen to it.
    ///
    /// The plugin's own events come back from the host as well. It has heard them when it announced
    /// them; announced once more they would go to the host once more, and so on for ever.
    func deliver(_ params: JSON) async throws -> JSON {
        guard let topic = params["topic"]?.string else {
            throw RPCError.invalidParams(
                "topic is missing.", fields: [.init(path: "topic", reason: "is required")])
        }
        guard !topics.contains(topic) else { return [:] }
        let ref = params["ref"]?.string.flatMap { Ref($0) }
        let data = params["data"] ?? [:]
        try await platform.store.writeUnaudited { try $0.announce(topic, ref, data) }
        return [:]
    }

    /// Asks the plugin what it has to say about records.
    func contribute(_ params: JSON) async throws -> JSON {
        let (principal, _) = Self.split(params["_meta"]?.object ?? [:])
        let found = await platform.contributions(
            to: (params["subjects"]?.array ?? []).compactMap { $0.string.flatMap { Ref($0) } },
            sections: Set((params["sections"]?.array ?? []).compactMap(\.string)), as: principal)
        if let gap = found.missing.first { throw RPCError.internalError(gap.message) }
        return ["items": try JSON(encoding: found.items)]
    }

    /// Asks the plugin at one of its hooks.
    func ask(_ params: JSON) async throws -> JSON {
        let (principal, rest) = Self.split(params["_meta"]?.object ?? [:])
        let meta = try CallMeta(json: .object(rest))
        let payload = params["payload"]?.object ?? [:]
        do {
            let changed = try await platform.ask(
                hook: params["hook"]?.string ?? "", payload: payload, as: principal, meta: meta)
            return changed == payload
                ? ["action": "continue"] : ["action": "replace", "payload": .object(changed)]
        } catch {
            let refusal: JSON = [
                "message": .string(error.message), "kind": .string(error.kind),
                "code": .number(JSON.Number(error.code)),
            ]
            return ["action": "reject", "error": refusal]
        }
    }
}

/// Passes progress on to the host.
private final class LinkSession: Session {
    private let link: HostLink

    init(_ link: HostLink) { self.link = link }

    func notify(_ method: String, _ params: JSON) { link.notify(method, params) }

    var queuedBytes: Int { 0 }

    func onEnd(_ body: @escaping @Sendable () -> Void) {}
}
