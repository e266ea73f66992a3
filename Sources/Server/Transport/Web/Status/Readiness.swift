internal import OpsCore
internal import OpsJSONRPC

/// Whether calls can be answered: the store takes writes and no plugin has failed.
struct Readiness {
    let isStoreWritable: Bool
    let failedPlugins: [String]

    var isReady: Bool { isStoreWritable && failedPlugins.isEmpty }

    static func of(_ platform: Platform) async -> Readiness {
        let failed = await platform.plugins.statuses.filter { $0.state == .failed }.map(\.name)
        return Readiness(
            isStoreWritable: await canWrite(platform.store), failedPlugins: failed)
    }

    /// The last commit tells; when it failed, one more is tried, since the disk may have room again.
    private static func canWrite(_ store: Store) async -> Bool {
        let statistics = store.statistics
        guard let error = statistics.lastErrorAt, error > statistics.lastCommitAt ?? error else {
            return statistics.lastErrorAt == nil || statistics.lastCommitAt != nil
        }
        let probe = try? await store.write(as: .system, reason: "readiness") { transaction in
            try transaction.nextID("readiness")
        }
        return probe != nil
    }

    /// What everybody may know, or what those may who have a token.
    func json(withDetails: Bool) -> JSON {
        var json: JSON.Object = ["ready": .bool(isReady)]
        guard withDetails else { return .object(json) }
        json["store"] = .string(isStoreWritable ? "writable" : "not writable")
        json["failed_plugins"] = .array(failedPlugins.map { .string($0) })
        return .object(json)
    }
}
