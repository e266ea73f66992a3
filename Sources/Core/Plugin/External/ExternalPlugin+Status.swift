extension ExternalPlugin {
    /// What `plugin.list` says about it.
    var status: PluginStatus {
        let manifest = manifest?.manifest
        let processID = run?.peer.process.processID
        return PluginStatus(
            name: name, version: manifest?.version ?? "", summary: manifest?.summary ?? "",
            state: state, since: since, error: lastError, pid: processID.map(Int.init),
            restarts: restarts, rssBytes: processID.flatMap(ProcessEntry.residentBytes),
            inFlight: gate.inFlight, lateEvents: run?.feed.lateCount ?? 0, requires: [],
            methods: (manifest?.methods ?? []).map(\.name).sorted(),
            events: (manifest?.events ?? []).map(\.topic).sorted(),
            grants: entry.grants ?? PluginGrants(), routes: services.routes.routes(of: name))
    }
}

extension ExternalPlugin {
    /// Tries the program out beside the one that runs.
    func check() async -> CheckPlugin.Result {
        do throws(PluginError) {
            let manifest = try await PluginTrial(launch(entry)).run().manifest
            return CheckPlugin.Result(
                ok: true, version: manifest.version, methods: manifest.methods.map(\.name).sorted())
        } catch {
            return CheckPlugin.Result(ok: false, problem: error.message, methods: [])
        }
    }
}
