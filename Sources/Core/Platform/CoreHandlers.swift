internal import CLibuv
internal import Glibc
internal import OpsJSONRPC

/// Answers the core's own methods.
struct CoreHandlers {
    private let platform: Platform

    init(_ platform: Platform) { self.platform = platform }

    func bind() throws {
        try platform.registry.declare(CoreMethods.declarations, owner: CoreMethods.owner)
        let methods = MethodRegistrar(registry: platform.registry, owner: CoreMethods.owner)
        try bindSystem(methods)
        PluginHandlers(plugins: platform.plugins, store: platform.store).bind(methods)
        bindRecords(methods)
        EventHandlers(
            bus: platform.events, time: platform.options.time,
            maxSubscriptions: platform.options.configuration.core.maxSubscriptions
        ).bind(methods)
    }

    private func bindSystem(_ methods: MethodRegistrar) throws {
        try methods.answerConstantly(Ping.self, Ping.Result())
        methods.handle(GetSystemInfo.self) { [unowned platform] _, _ in await platform.info() }
        methods.handle(GetSystemStats.self) { [unowned platform] _, _ in platform.stats() }
        methods.handle(ReloadSystem.self) { [unowned platform] call, _ in
            try await platform.reloadFromFile(call)
        }
        let discovery = DiscoveryText(of: platform.registry, version: platform.options.version)
        methods.answer(Discover.self, byText: { discovery.text })
    }

    private func bindRecords(_ methods: MethodRegistrar) {
        let store = platform.store
        AuditHandlers(store: store).bind(methods)
        TokenHandlers(access: platform.access, store: store, loop: platform.loop).bind(methods)
        LinkMethods.bind(methods, store)
        RecordHandlers(
            store: store, owners: platform.records, registry: platform.registry,
            contributors: platform.contributors
        ).bind(methods)
        methods.handle(QuerySearch.self) { _, params in
            let query = SearchQuery(
                params.text, nouns: params.nouns, facets: params.facets, limit: params.limit,
                cursor: params.cursor)
            let page = try await store.read { try $0.search(query) }
            return QuerySearch.Result(
                items: page.items, total: page.total, nextCursor: page.nextCursor)
        }
    }
}

extension Platform {
    func info() async -> SystemInfo {
        SystemInfo(
            version: options.version, startedAt: startedAt, uptimeMs: uptime.milliseconds,
            pid: Int(getpid()), hostname: Self.hostname, dataDirectory: directory.path,
            plugins: await plugins.statuses.map { .init(name: $0.name, state: $0.state) },
            libraries: [
                "libuv": String(cString: uv_version_string()), "sqlite": Store.engineVersion,
            ])
    }

    func stats() -> SystemStats {
        let lag = loop.lag
        return SystemStats(
            loopLagMs: .init(p50: lag.p50Ms, p99: lag.p99Ms, max: lag.maxMs),
            rssBytes: Self.residentBytes, calls: Int(dispatcher.requestCount),
            events: Int(events.publishedCount), lastEventSeq: events.lastSequence,
            store: (try? JSON(encoding: store.statistics)) ?? .null,
            series: (try? JSON(encoding: series.statistics)) ?? .null,
            transports: transportStatistics)
    }

    func reloadFromFile(_ call: Call) async throws -> ReloadSystem.Result {
        guard let read = options.readConfiguration else {
            throw RPCError.conflict("This platform was not configured from a file.")
        }
        do {
            let configuration = try await loop.workers.run { try read() }
            return ReloadSystem.Result(
                plugins: try await reload(
                    configuration, isRehearsal: call.isDryRun, as: call.principal,
                    reason: call.reason,
                    call: CallName(method: call.method, requestID: call.requestID)))
        } catch let error as PluginError where error.code == .reloadFailed {
            throw RPCError.internalError(
                "Everything was reloaded but \(error.plugin), which failed; the log says why.")
        } catch let error as PluginError {
            throw RPCError.invalidParams("\(error)")
        }
    }

    private static var hostname: String {
        var name = utsname()
        guard uname(&name) == 0 else { return "localhost" }
        return withUnsafeBytes(of: name.nodename) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
    }

    private static var residentBytes: Int {
        var bytes = 0
        uv_resident_set_memory(&bytes)
        return bytes
    }
}
