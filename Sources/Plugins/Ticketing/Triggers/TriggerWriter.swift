internal import OpsCore
internal import OpsJSONRPC

/// Counts what triggers do; no audit row, for their acts have their own.
enum TriggerWriter {
    /// A run, and what was refused of it.
    static func count(
        _ trigger: Trigger, refused: String?, in tx: WriteTransaction
    ) throws {
        try begin(trigger, in: tx)
        try tx.execute(
            "UPDATE ticketing_trigger_tally SET runs = runs + 1, last_run_at = ? "
                + "WHERE trigger_id = ?", tx.now, trigger.id)
        if let refused { try note(refused, of: trigger, in: "failures", in: tx) }
    }

    static func countStop(
        _ trigger: Trigger, _ reason: String, in tx: WriteTransaction
    ) throws {
        try begin(trigger, in: tx)
        try note(reason, of: trigger, in: "stops", in: tx)
    }

    /// Whose turn it is, counted from zero.
    static func nextTurn(of trigger: Trigger, in tx: WriteTransaction) throws -> Int {
        try begin(trigger, in: tx)
        let row = try tx.row(
            "SELECT turn FROM ticketing_trigger_tally WHERE trigger_id = ?", trigger.id)
        try tx.execute(
            "UPDATE ticketing_trigger_tally SET turn = turn + 1 WHERE trigger_id = ?", trigger.id)
        return try row?.int("turn") ?? 0
    }

    static func forget(_ trigger: Trigger, in tx: WriteTransaction) throws {
        try tx.execute("DELETE FROM ticketing_trigger_tally WHERE trigger_id = ?", trigger.id)
    }

    private static func begin(_ trigger: Trigger, in tx: WriteTransaction) throws {
        try tx.execute(
            """
            INSERT INTO ticketing_trigger_tally (trigger_id, runs, failures, stops, turn)
            VALUES (?, 0, 0, 0, 0) ON CONFLICT (trigger_id) DO NOTHING
            """, trigger.id)
    }

    private static func note(
        _ reason: String, of trigger: Trigger, in column: String, in tx: WriteTransaction
    ) throws {
        try tx.execute(
            """
            UPDATE ticketing_trigger_tally
            SET \(column) = \(column) + 1, last_error = ?, last_error_at = ? WHERE trigger_id = ?
            """, reason, tx.now, trigger.id)
    }
}
