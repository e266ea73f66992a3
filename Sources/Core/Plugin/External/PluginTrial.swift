/// Tries a plugin's program out: it describes itself, is held against its entry, and is ended,
/// without having been started.
struct PluginTrial: Sendable {
    private let launch: PluginLaunch

    init(_ launch: PluginLaunch) {
        self.launch = PluginLaunch(
            entry: launch.entry, loop: launch.loop, time: launch.time, version: launch.version,
            log: launch.log, ledger: nil)
    }

    /// Returns what the program says about itself.
    ///
    /// On the loop's executor only.
    @discardableResult
    nonisolated(nonsending) func run() async throws(PluginError) -> ExternalManifest {
        do {
            let peer = try await launch.open()
            do {
                let manifest = try await launch.describe(peer)
                try await launch.validate(peer, manifest)
                await peer.stop(within: .zero, asking: false)
                return manifest
            } catch {
                await peer.stop(within: .zero, asking: false)
                throw error
            }
        } catch {
            throw error as? PluginError ?? .startFailed(launch.entry.name, "\(error)")
        }
    }
}
