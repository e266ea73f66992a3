internal import Dispatch
internal import OpsCore
internal import OpsJSONRPC

/// Answers what the host says.
///
/// Messages come on the reading thread, one after the other. What needs time runs in a task, so that
/// the reading goes on: the plugin may ask the host something while it starts.
final class PluginServer: Sendable {
    private let plugin: any Plugin.Type
    private let link: HostLink
    private let running = Guarded<ServedPlugin?>(nil)
    private let methods: Set<String>
    private let events: EventQueue

    init(_ plugin: any Plugin.Type, _ link: HostLink) {
        self.plugin = plugin
        self.link = link
        methods = Set(plugin.manifest.methods.map(\.name))
        events = EventQueue { [link, running] id, params in
            await Self.answer(id, link) {
                try await Self.started(running).deliver(params)
            }
        }
    }

    /// Takes one message of the host's.
    func take(_ message: Message) {
        guard case .single(let incoming) = message else {
            return refuse(.invalidRequest("the host sends one message at a time"))
        }
        switch incoming {
        case .response(let response): link.resolve(response)
        case .invalid(let id, let error): link.answer(id, .failure(error))
        case .request(let request):
            if let id = request.id {
                answer(request, id)
            } else {
                running.withLock { $0 }?.pass(request)
            }
        }
    }

    /// Answers something that had no id that could be read.
    func refuse(_ error: RPCError) { link.answer(.null, .failure(error)) }

    private func answer(_ request: Request, _ id: RequestID) {
        let params = request.params ?? [:]
        switch request.method {
        case "plugin.describe":
            link.answer(id, .success(PluginDescription.manifest(of: plugin)))
        case "plugin.validate":
            link.answer(id, .success(validate(params["config"] ?? [:])))
        case "plugin.start": reply(id) { try await $0.start(params) }
        case "plugin.reload":
            reply(id) { try await $0.started().reload(params["config"] ?? [:]) }
        case "plugin.health": reply(id) { try await $0.started().health() }
        case "plugin.stop": reply(id) { await $0.stop() }
        case "event.deliver": events.add(id, params)
        case "hook.call": reply(id) { try await $0.started().ask(params) }
        case "plugin.contribute": reply(id) { try await $0.started().contribute(params) }
        default: call(request, id)
        }
    }

    private func call(_ request: Request, _ id: RequestID) {
        guard methods.contains(request.method) else {
            return link.answer(id, .failure(.methodNotFound(request.method)))
        }
        guard let served = running.withLock({ $0 }) else {
            return link.answer(id, .failure(Self.notStarted))
        }
        served.pass(request)
    }

    private func reply(
        _ id: RequestID, _ body: @escaping @Sendable (PluginServer) async throws -> JSON
    ) {
        Task { [self] in await Self.answer(id, link) { try await body(self) } }
    }

    private static func answer(
        _ id: RequestID, _ link: HostLink, _ body: () async throws -> JSON
    ) async {
        do {
            link.answer(id, .success(try await body()))
        } catch {
            link.answer(id, .failure(wireError(error)))
        }
    }

    private static func wireError(_ error: any Error) -> RPCError {
        switch error {
        case let error as RPCError: error
        case let error as any WireRepresentable: error.rpcError
        // 2000: the first of the numbers that are the plugins' own.
        case let error as PluginError:
            RPCError(code: 2000, kind: error.code.rawValue, message: error.message)
        default: .internalError("\(error)")
        }
    }

    private static let notStarted = RPCError.pluginUnavailable("The plugin has not been started.")

    private func started() throws(RPCError) -> ServedPlugin { try Self.started(running) }

    private static func started(
        _ running: Guarded<ServedPlugin?>
    ) throws(RPCError) -> ServedPlugin {
        guard let served = running.withLock({ $0 }) else { throw notStarted }
        return served
    }

    // MARK: - Its life

    private func validate(_ config: JSON) -> JSON {
        let complaints = PluginDescription.complaints(about: config, for: plugin)
        let fields = complaints.map { field -> JSON in
            ["path": .string(field.path), "reason": .string(field.reason)]
        }
        return ["ok": .bool(fields.isEmpty), "fields": .array(fields)]
    }

    private func start(_ params: JSON) async throws -> JSON {
        let config = params["config"] ?? [:]
        let complaints = PluginDescription.complaints(about: config, for: plugin)
        guard complaints.isEmpty else {
            throw RPCError.invalidParams("The settings are wrong.", fields: complaints)
        }
        guard let folder = params["state_dir"]?.string, !folder.isEmpty else {
            throw RPCError.invalidParams(
                "state_dir is missing.", fields: [.init(path: "state_dir", reason: "is required")])
        }
        _ = await stop()
        let served = try await ServedPlugin.start(plugin, config: config, in: folder, link)
        running.withLock { $0 = served }
        return [:]
    }

    private func stop() async -> JSON {
        let served = running.withLock { running in
            defer { running = nil }
            return running
        }
        await served?.stop()
        return [:]
    }

    /// Stops the plugin after the input has ended; blocks the thread, but not for ever.
    func end() {
        link.end()
        let stopped = DispatchSemaphore(value: 0)
        Task {
            _ = await stop()
            stopped.signal()
        }
        _ = stopped.wait(timeout: .now() + .seconds(4))
    }
}
