internal import OpsCore
internal import OpsJSONRPC

/// Lets both tickets of a move wait for triggers as if the move, which was taken back, had never been.
///
/// What somebody has done to the ticket that went on counts from then. A trigger for which other
/// tickets wait by now has let all of them wait anew, and one that cannot be read is left alone.
struct RestoredWaits {
    private let move: Move
    /// Who waits for which trigger now, by its number.
    private let terms: [Int: WaitTerms]
    private let tx: WriteTransaction

    init(_ move: Move, _ terms: [WaitTerms], in tx: WriteTransaction) {
        self.move = move
        self.terms = Dictionary(terms.map { ($0.trigger, $0) }, uniquingKeysWith: { $1 })
        self.tx = tx
    }

    /// - Parameter present: What both waited for until the move was taken back.
    func restore(from present: [MovedWait]) throws {
        switch move.kind {
        case .merge:
            try replace(
                by: waits(ofWhatWentOn: move.target, present) + waits(ofWhatEnded: move.source))
        case .split:
            try replace(by: waits(ofWhatWentOn: move.source, present))
        }
    }

    /// It waits as it does, unless it was the move that began the wait.
    private func waits(
        ofWhatWentOn key: String, _ present: [MovedWait]
    ) throws -> [MovedWait] {
        try present.filter { $0.ticket == key }.compactMap { wait -> MovedWait? in
            guard wait.since == move.at, isAsThen(wait.trigger, move) else { return wait }
            return try self.wait(of: key, for: wait.trigger, before: move)
        }
    }

    /// It waits as it did before the move, and from now on for what is waited for otherwise.
    private func waits(ofWhatEnded key: String) throws -> [MovedWait] {
        let anew = try MovedWait.all(of: [key], in: tx).filter {
            !isAsThen($0.trigger, move)
        }
        return try anew
            + terms.keys.sorted().filter { isAsThen($0, move) }.compactMap {
                try wait(of: key, for: $0, before: move)
            }
    }

    /// Whether tickets such as these wait for a trigger as they did at a move, however long.
    private func isAsThen(_ trigger: Int, _ move: Move) -> Bool {
        guard let now = terms[trigger],
            let old = move.moved.triggers.first(where: { $0.trigger == trigger })
        else { return false }
        return now.goOn(from: old, for: move.moved.after.kind)
    }

    /// What a ticket waited for before a move, and before those moves that were taken back since.
    private func wait(
        of key: String, for trigger: Int, before move: Move
    ) throws -> MovedWait? {
        let known = move.moved.waits.first { $0.trigger == trigger && $0.ticket == key }
        guard let known else { return nil }
        let row = try tx.row(Self.undoneMove, known.since, move.id, key)
        guard let earlier = try row.map(Move.init(row:)), isAsThen(trigger, earlier) else {
            return known
        }
        return try wait(of: key, for: trigger, before: earlier)
    }

    /// The last move of a ticket at some time and before another, where it was taken back.
    static let undoneMove = """
        SELECT * FROM ticketing_move
        WHERE undone_at IS NOT NULL AND at = ? AND id < ? AND ? IN (source, target)
        ORDER BY id DESC LIMIT 1
        """

    private func replace(by waits: [MovedWait]) throws {
        let triggers = terms.keys.sorted()
        guard !triggers.isEmpty else { return }
        let places = triggers.map { _ in "?" }.joined(separator: ", ")
        for key in [move.source, move.target] {
            try tx.execute(
                """
                DELETE FROM ticketing_trigger_wait
                WHERE ticket_id = (SELECT id FROM ticketing_ticket WHERE key = ?)
                    AND trigger_id IN (\(places))
                """, arguments: [key] + triggers)
        }
        for wait in waits {
            guard let after = terms[wait.trigger]?.afterMs else { continue }
            let due = wait.since + .milliseconds(after)
            try tx.execute(
                """
                INSERT INTO ticketing_trigger_wait (trigger_id, ticket_id, due_at)
                SELECT ?, id, ? FROM ticketing_ticket WHERE key = ?
                """, wait.trigger, due, wait.ticket)
        }
    }
}
