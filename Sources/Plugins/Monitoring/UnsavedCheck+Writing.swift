internal import OpsCore
internal import OpsJSONRPC

extension UnsavedCheck {
    /// Writes a check's new status, for each hard change a line of the history and an event, and the
    /// search document where the hard state is another one, or the result the first.
    ///
    /// A check that was deleted meanwhile has nothing left to say.
    static func write(
        _ news: UnsavedCheck, of id: Int, by writer: CheckWriter, in tx: WriteTransaction
    ) throws {
        let row = try tx.row(
            "SELECT hard_state, last_check_at FROM monitoring_check WHERE id = ?", id)
        if row == nil {
            guard let made = news.made, let check = try PendingCheck.load(id, in: tx) else {
                return
            }
            try writer.settle(check.stored(made), in: tx)
        }
        try news.updateRow(id, in: tx)
        // The first result may be no line, as a good or a soft one, and the check is found from it on.
        let isFirst = try row?.optionalInstant("last_check_at") == nil
        let isNewState = try row?.text("hard_state") != news.status.hardState.rawValue
        // The row knows how the check is called now; `made` is what it was when the result came in,
        // and its target may have got another name since.
        guard news.isWorthALine || isFirst || isNewState,
            let check = try CheckWriter.load(id, in: tx)
        else { return }
        for change in news.flappings { try write(change, of: check, in: tx) }
        for change in news.changes { try write(change, of: check, in: tx) }
        try tx.index(check.searchDocument)
    }

    private var isWorthALine: Bool { !changes.isEmpty || !flappings.isEmpty }

    private func updateRow(_ id: Int, in tx: WriteTransaction) throws {
        try tx.execute(
            """
            UPDATE monitoring_check SET state = ?, state_type = ?, attempt = ?, hard_state = ?,
                last_state_change_at = ?, last_hard_state_change_at = ?, announced_state = ?,
                memory = ?, last_check_at = ?, output = ?, long_output = ?, duration_ms = ?,
                last_submission_at = COALESCE(?, last_submission_at)
            WHERE id = ?
            """,
            status.state.rawValue, status.stateType.rawValue, status.attempt,
            status.hardState.rawValue, status.lastStateChangeAt, status.lastHardStateChangeAt,
            status.announcedState.rawValue, JSON.object(status.memory), observation?.at,
            observation?.output ?? "", observation?.longOutput ?? "",
            observation.map { $0.duration.seconds * 1000 }, submittedAt, id)
    }

    private static func write(
        _ change: HardChange, of check: StoredCheck, in tx: WriteTransaction
    ) throws {
        try tx.execute(
            """
            INSERT INTO monitoring_history (
                id, check_id, at, state, previous_state, attempt, output, announced, suppressed_by)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            try tx.nextID("monitoring_history"), check.id, change.at, change.state.rawValue,
            change.previousState.rawValue, change.attempt, change.output, change.isAnnounced,
            JSON.array(change.suppressedBy.names.map(JSON.string)))
        guard change.isAnnounced else { return }
        try tx.announce("check.state_changed", check.ref, change.event(of: check))
    }

    private static func write(
        _ change: FlappingChange, of check: StoredCheck, in tx: WriteTransaction
    ) throws {
        try tx.execute(
            """
            INSERT INTO monitoring_history (
                id, check_id, at, state, previous_state, attempt, output, announced, suppressed_by,
                flapping)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, '[]', ?)
            """,
            try tx.nextID("monitoring_history"), check.id, change.at, change.state.rawValue,
            change.state.rawValue, check.status.shownAttempt(of: check.definition.maxAttempts),
            change.words, true, change.isFlapping)
        try tx.announce("check.flapping_changed", check.ref, change.event(of: check))
    }
}

extension HardChange {
    /// What listeners get to know.
    fileprivate func event(of check: StoredCheck) -> JSON {
        [
            "check": .string(check.ref.description), "name": .string(check.definition.name),
            "type": .string(check.definition.type),
            "labels": .object(JSON.Object(texts: check.definition.labels)),
            "state": .string(state.rawValue), "previous_state": .string(previousState.rawValue),
            "state_type": "hard", "attempt": .number(JSON.Number(attempt)),
            "output": .string(output), "at": .string(at.description),
        ]
    }
}

extension FlappingChange {
    /// What the history says.
    fileprivate var words: String {
        let share = "\(Readable.twoDecimals(percent)) % of its results changed"
        return isFlapping ? "Flapping began: \(share)" : "Flapping ended: \(share)"
    }

    /// What listeners get to know.
    fileprivate func event(of check: StoredCheck) -> JSON {
        [
            "check": .string(check.ref.description), "name": .string(check.definition.name),
            "type": .string(check.definition.type),
            "labels": .object(JSON.Object(texts: check.definition.labels)),
            "flapping": .bool(isFlapping), "flap_percent": .number(JSON.Number(percent)),
            "state": .string(state.rawValue), "at": .string(at.description),
        ]
    }
}
