internal import OpsJSONRPC

/// What the store does not know yet about one check.
struct UnsavedCheck: Sendable {
    var status: CheckStatus
    var observation: Observation
    /// The announcements that are due, oldest first.
    var changes: [HardChange] = []
    var submittedAt: Instant?
    /// Callers that are answered once this is saved.
    var waiters: [CheckedContinuation<Void, any Error>] = []

    /// How many announcements wait while the store cannot write; further ones join the last.
    static let changeLimit = 1000

    /// Takes an announcement in.
    ///
    /// When a full disk keeps a flapping check waiting for long, the newest announcements join, so
    /// that the memory is bounded and the last state is right.
    mutating func append(_ change: HardChange) {
        guard changes.count >= Self.changeLimit, let last = changes.popLast() else {
            return changes.append(change)
        }
        var joined = change
        joined.previousState = last.previousState
        changes.append(joined)
    }

    /// What was not saved, with what has happened since on top.
    func merged(with newer: UnsavedCheck?) -> UnsavedCheck {
        guard let newer else { return self }
        var merged = newer
        merged.changes = changes
        for change in newer.changes { merged.append(change) }
        merged.submittedAt = newer.submittedAt ?? submittedAt
        merged.waiters = waiters + newer.waiters
        return merged
    }
}
