internal import Glibc
internal import Logging
internal import OpsBundle
internal import OpsCore
internal import OpsTransport
internal import OpsWeb

/// The daemon's life: start, signals, stop.
struct Daemon: Sendable {
    let file: ConfigurationFile
    let data: String
    let socket: String
    let logger: Logger

    func run() async throws {
        // What is stored may be secret, also in a folder that somebody else has made.
        umask(0o077)
        // First what can be wrong without anything having been touched.
        let settings = try file.read()
        let configuration = settings.platform
        _ = try PluginPlan(available: bundledPlugins, configurations: configuration.plugins)
        // A daemon that can't have its socket must not touch the data nor run a check.
        let place = try SocketFile(socket)
        // Then the data, the metrics and the plugins, in that order; each may refuse.
        let platform = try await Platform.start(
            Platform.Options(
                dataDirectory: data, configuration: configuration, available: bundledPlugins,
                logger: logger, version: opsloopVersion,
                readConfiguration: { [file] in try file.read().platform }))
        // Whoever learns that the daemon answers may send it a signal at once.
        let signals = await signals(on: platform.loop)
        // The servers come last: who can connect finds everything there.
        let servers = try await Servers.start(platform, at: place, settings, logger)
        logger.notice("opsloopd answers", metadata: ["socket": "\(socket)", "data": "\(data)"])
        ServiceManager.ready()
        let signal = await obey(signals, platform)
        // In the reverse order: nobody new, then the plugins, then the data.
        logger.notice("opsloopd stops", metadata: ["signal": "\(signal)"])
        ServiceManager.stopping()
        await servers.stop()
        await platform.stop()
    }

    /// Reloads on SIGHUP; returns on SIGTERM or SIGINT.
    private func obey(_ signals: AsyncStream<CInt>, _ platform: Platform) async -> String {
        for await signal in signals {
            guard signal == SIGHUP else { return signal == SIGTERM ? "SIGTERM" : "SIGINT" }
            await reload(platform)
        }
        return "none"
    }

    /// The signals that come from now on; they are watched until the loop stops.
    private func signals(on loop: EventLoop) async -> AsyncStream<CInt> {
        let (signals, source) = AsyncStream.makeStream(of: CInt.self)
        do {
            try await loop.perform {
                for signal in [SIGTERM, SIGINT, SIGHUP] {
                    _ = try SignalWatcher(on: loop, signal: signal) { source.yield(signal) }
                }
            }
        } catch {
            logger.error("signals can't be watched", metadata: ["error": "\(error)"])
        }
        return signals
    }

    private func reload(_ platform: Platform) async {
        ServiceManager.reloading()
        defer { ServiceManager.ready() }
        do {
            let outcome = try await platform.reload(try file.read().platform)
            let summary = outcome.sorted { $0.key < $1.key }
                .map { "\($0.key): \($0.value.rawValue)" }.joined(separator: ", ")
            logger.notice("configuration reloaded", metadata: ["plugins": "\(summary)"])
        } catch let error as PluginError where error.code == .reloadFailed {
            logger.error(
                "configuration reloaded, but not by every plugin", metadata: ["error": "\(error)"])
        } catch {
            logger.error(
                "configuration not reloaded; nothing changed", metadata: ["error": "\(error)"])
        }
    }
}
