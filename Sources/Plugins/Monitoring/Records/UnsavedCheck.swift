internal import OpsJSONRPC

/// What the store does not know yet about one check.
struct UnsavedCheck: Sendable {
    var status: CheckStatus
    /// The newest result; nil for a check that never had one.
    var observation: Observation?
    /// The lines of the history that are due, oldest first.
    var changes: [HardChange] = []
    var flappings: [FlappingChange] = []
    var submittedAt: Instant?
    /// What a template makes of a target, for a check of theirs that has no row of its own yet.
    var made: CheckDefinition?
    /// Callers that are answered once this is saved.
    var waiters: [CheckedContinuation<Void, any Error>] = []

    /// How many changes wait while the store cannot write; further ones join the last.
    static let changeLimit = 1000

    /// Takes a change in.
    ///
    /// When a full disk keeps an unsteady check waiting for long, the newest changes join, so
    /// that the memory is bounded and the last state is right.
    mutating func append(_ change: HardChange) {
        guard changes.count >= Self.changeLimit, let last = changes.popLast() else {
            return changes.append(change)
        }
        var joined = change
        joined.previousState = last.previousState
        joined.isAnnounced = change.isAnnounced || last.isAnnounced
        changes.append(joined)
    }

    /// Takes a beginning or an end of flapping in; too many of them cancel each other out.
    mutating func append(_ change: FlappingChange) {
        if flappings.count >= Self.changeLimit {
            flappings.removeLast()
        } else {
            flappings.append(change)
        }
    }

    /// What was not saved, with what has happened since on top.
    func merged(with newer: UnsavedCheck?) -> UnsavedCheck {
        guard let newer else { return self }
        var merged = newer
        merged.changes = changes
        merged.flappings = flappings
        for change in newer.changes { merged.append(change) }
        for change in newer.flappings { merged.append(change) }
        merged.submittedAt = newer.submittedAt ?? submittedAt
        merged.waiters = waiters + newer.waiters
        return merged
    }
}
