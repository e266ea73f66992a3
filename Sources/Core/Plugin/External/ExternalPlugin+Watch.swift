internal import OpsJSONRPC

extension ExternalPlugin {
    private static let healthPeriod = Duration.seconds(10)
    private static let healthFailureLimit = 3
    private static let memoryPeriod = Duration.seconds(1)

    /// Watches a run for as long as it lasts.
    func watch(_ run: PluginRun) {
        if run.manifest.features.contains(.health) { askSoon(run.peer, failures: 0) }
        if let limit = entry.policy.maxRSSBytes { measureSoon(run.peer, limit) }
    }

    // MARK: - Health

    private func askSoon(_ peer: PluginPeer, failures: Int) {
        after(Self.healthPeriod, peer) { plugin in await plugin.askHealth(peer, failures) }
    }

    private func askHealth(_ peer: PluginPeer, _ failures: Int) async {
        guard isCurrent(peer) else { return }
        var problem: String?
        do throws(PeerFailure) {
            let answer = try await peer.ask("plugin.health", [:], within: Self.healthPeriod)
            if answer["ok"] != true { problem = answer["message"]?.string ?? "it is not well" }
        } catch {
            problem = error.description
        }
        guard let problem else { return askSoon(peer, failures: 0) }
        log.note(.warning, "the plugin's health: \(problem)")
        guard failures + 1 >= Self.healthFailureLimit else {
            return askSoon(peer, failures: failures + 1)
        }
        peer.end("\(Self.healthFailureLimit) times in a row its health was: \(problem)")
    }

    // MARK: - Memory

    private func measureSoon(_ peer: PluginPeer, _ limit: Int) {
        after(Self.memoryPeriod, peer) { plugin in await plugin.measure(peer, limit) }
    }

    private func measure(_ peer: PluginPeer, _ limit: Int) {
        guard isCurrent(peer) else { return }
        let bytes = ProcessEntry.residentBytes(peer.process.processID) ?? 0
        guard bytes > limit else { return measureSoon(peer, limit) }
        peer.end("it had \(bytes) bytes of memory; max_rss_bytes is \(limit)")
    }

    // MARK: - Parts

    private func isCurrent(_ peer: PluginPeer) -> Bool { run?.peer === peer }

    private func after(
        _ pause: Duration, _ peer: PluginPeer,
        _ body: @escaping @Sendable (ExternalPlugin) async -> Void
    ) {
        _ = services.time.timer(on: services.loop, after: pause) { [weak self, weak peer] in
            guard let self, let peer, !peer.hasEnded else { return }
            Task { await body(self) }
        }
    }
}
