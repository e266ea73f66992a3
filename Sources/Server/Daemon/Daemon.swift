internal import Glibc
internal import Logging
internal import OpsCore
internal import OpsTransport

/// The daemon's life: start, signals, stop.
struct Daemon: Sendable {
    let file: ConfigurationFile
    let data: String
    let socket: String
    let logger: Logger

    func run() async throws {
        // First what can be wrong without anything having been touched.
        let (configuration, limits) = try file.read()
        // Then the data, the metrics and the plugins, in that order; each may refuse.
        let platform = try await Platform.start(
            Platform.Options(
                dataDirectory: data, configuration: configuration, available: bundledPlugins,
                logger: logger, version: opsloopVersion,
                readConfiguration: { [file] in try file.read().platform }))
        // The socket comes last: who can connect finds everything there.
        let server: SocketServer
        do {
            server = try await SocketServer.start(
                platform, path: socket, settings: limits, logger: logger)
        } catch {
            await platform.stop()
            throw error
        }
        logger.notice("opsloopd answers", metadata: ["socket": "\(socket)", "data": "\(data)"])
        ServiceManager.ready()
        let signal = await obeySignals(platform)
        // In the reverse order: nobody new, then the plugins, then the data.
        logger.notice("opsloopd stops", metadata: ["signal": "\(signal)"])
        ServiceManager.stopping()
        await server.stop()
        await platform.stop()
    }

    /// Reloads on SIGHUP; returns on SIGTERM or SIGINT.
    private func obeySignals(_ platform: Platform) async -> String {
        let (signals, source) = AsyncStream.makeStream(of: CInt.self)
        let watchers = await watch([SIGTERM, SIGINT, SIGHUP], platform.loop, source)
        defer { platform.loop.execute { for watcher in watchers { watcher.cancel() } } }
        for await signal in signals {
            guard signal == SIGHUP else { return signal == SIGTERM ? "SIGTERM" : "SIGINT" }
            await reload(platform)
        }
        return "none"
    }

    private func watch(
        _ signals: [CInt], _ loop: EventLoop, _ source: AsyncStream<CInt>.Continuation
    ) async -> [SignalWatcher] {
        do {
            return try await loop.perform {
                try signals.map { signal in
                    try SignalWatcher(on: loop, signal: signal) { source.yield(signal) }
                }
            }
        } catch {
            logger.error("signals can't be watched", metadata: ["error": "\(error)"])
            return []
        }
    }

    private func reload(_ platform: Platform) async {
        ServiceManager.reloading()
        defer { ServiceManager.ready() }
        do {
            let outcome = try await platform.reload(try file.read().platform)
            let summary = outcome.sorted { $0.key < $1.key }
                .map { "\($0.key): \($0.value.rawValue)" }.joined(separator: ", ")
            logger.notice("configuration reloaded", metadata: ["plugins": "\(summary)"])
        } catch {
            logger.error(
                "configuration not reloaded; nothing changed", metadata: ["error": "\(error)"])
        }
    }
}
