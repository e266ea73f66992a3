import OpsJSONRPC

/// How a call is to be carried out: what the options say, as the member `_meta` of its parameters.
struct CallOptions {
    let settings: Settings
    let command: Command
    /// Makes up a key that nobody else has.
    let freshKey: () -> String
    /// Whether somebody looks at the progress.
    let isWatched: Bool

    /// The parameters with `_meta`, when there is anything to say.
    func adding(to params: JSON.Object) throws -> JSON.Object {
        try refuseForReading()
        var meta = JSON.Object()
        if settings.isDryRun { meta["dry_run"] = true }
        meta["idempotency_key"] = settings.idempotencyKey.map { key in
            .string(key == "auto" ? freshKey() : key)
        }
        if settings.isTimeoutGiven {
            meta["timeout_ms"] = settings.timeoutMs.map { .number(JSON.Number(max(1, $0))) }
        }
        if isWatched { meta["progress_token"] = 1 }
        guard !meta.isEmpty else { return params }
        var params = params
        params["_meta"] = .object(meta)
        return params
    }

    private func refuseForReading() throws {
        guard command.method?.effect == .read else { return }
        let option =
            settings.isDryRun
            ? "--dry-run" : settings.idempotencyKey.map { _ in "--idempotency-key" }
        guard let option else { return }
        throw Failure.usage("`\(command.name)` only reads, and takes no \(option)")
    }

    /// Takes the daemon's warnings out of a result.
    static func takeWarnings(from result: inout JSON) -> [String] {
        guard var members = result.object, let meta = members["_meta"]?.object else { return [] }
        members["_meta"] = nil
        result = .object(members)
        return (meta["warnings"]?.array ?? []).compactMap(\.string)
    }
}
