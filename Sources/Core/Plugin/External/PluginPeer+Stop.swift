internal import Glibc
internal import OpsJSONRPC

extension PluginPeer {
    /// How long a signal gets to have its effect.
    private static var signalGrace: Duration { .seconds(1) }

    /// Ends the program: asks it to, closes its input, and then has recourse to signals.
    ///
    /// On the loop's executor only.
    nonisolated(nonsending) func stop(within limit: Duration, asking: Bool = true) async {
        expectEnd()
        let deadline = time.uptime() + limit
        if asking {
            let params: JSON.Object = ["deadline_ms": .number(JSON.Number(limit.milliseconds))]
            // Whatever it answers, it is over.
            _ = try? await ask("plugin.stop", params, within: limit)
        }
        process.endInput()
        if await ends(within: max(deadline - time.uptime(), Self.signalGrace)) { return }
        log.note(.warning, "the plugin does not end with its input; it gets SIGTERM")
        process.signalGroup(SIGTERM)
        if await ends(within: Self.signalGrace) { return }
        process.signalGroup(SIGKILL)
        _ = await ends(within: Self.signalGrace * 5)
    }

    private nonisolated(nonsending) func ends(within limit: Duration) async -> Bool {
        if hasEnded { return true }
        return await withCheckedContinuation { continuation in
            let waiting = Guarded<CheckedContinuation<Bool, Never>?>(continuation)
            let timer = time.timer(on: loop, after: limit) {
                waiting.withLock { $0.take() }?.resume(returning: false)
            }
            whenEnded {
                timer.cancel()
                waiting.withLock { $0.take() }?.resume(returning: true)
            }
        }
    }
}
