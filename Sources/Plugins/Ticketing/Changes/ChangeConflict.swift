internal import OpsCore
internal import OpsJSONRPC

/// What stands in a change's way.
struct ChangeConflict: Codable, Sendable, Equatable {
    /// How the other one comes into the way.
    enum Kind: String, Codable, CaseIterable, Sendable {
        /// Another change touches the same.
        case sameItem = "same_item"
        /// Another change touches what this one's items stand on, or what stands on them.
        case dependentItem = "dependent_item"
        /// Nothing is to be changed in that time.
        case freeze
    }

    var kind: Kind
    /// The other change's ticket, or the freeze.
    var ref: Ref
    /// Its key or name.
    var name: String
    /// Its title or reason.
    var title: String
    var from: Instant
    var to: Instant
    /// What is in both ways; nothing for a freeze of everything.
    var items: [Ref]
}

/// Finds what stands in a change's way.
enum ChangeConflicts {
    /// What overlaps a window on some items or around them.
    static func find(
        in window: Range<Instant>, on items: [Ref], _ surroundings: Surroundings,
        but own: String?, in tx: ReadTransaction
    ) throws -> [ChangeConflict] {
        let around = surroundings.affected.union(surroundings.supports)
        let changes = try planned(in: window, in: tx).filter {
            $0.state.isOpen && $0.key != own
        }.compactMap { row in
            let others = try ChangeWriter.items(
                of: TicketWriter.find(row.key, in: tx), in: tx)
            return conflict(row, others, items, around)
        }
        let freezes = try Freeze.freezes(in: window, touching: Set(items), in: tx).map {
            ChangeConflict(
                kind: .freeze, ref: $0.ref, name: $0.name, title: $0.reason, from: $0.from,
                to: $0.to, items: $0.items.filter(items.contains))
        }
        return freezes + changes
    }

    private static func conflict(
        _ row: ChangeRow, _ others: [Ref], _ items: [Ref], _ around: Set<Ref>
    ) -> ChangeConflict? {
        guard let from = row.windowFrom, let to = row.windowTo else { return nil }
        let same = others.filter(items.contains)
        let near = others.filter(around.contains)
        guard !same.isEmpty || !near.isEmpty else { return nil }
        return ChangeConflict(
            kind: same.isEmpty ? .dependentItem : .sameItem, ref: row.ref, name: row.key,
            title: row.title, from: from, to: to, items: same.isEmpty ? near : same)
    }

    /// The changes with a window in a time, also those that were made, but none that was cancelled.
    static func planned(
        in window: Range<Instant>, limit: Int = Int(Int32.max), in tx: ReadTransaction
    ) throws -> [ChangeRow] {
        try tx.rows(
            """
            SELECT c.*, t.key, t.title, t.state \(isPlanned)
            ORDER BY c.window_from, t.id LIMIT ?
            """, arguments: times(window) + [limit]
        ).map(ChangeRow.init(row:))
    }

    /// How many they are.
    static func count(in window: Range<Instant>, in tx: ReadTransaction) throws -> Int {
        try tx.row("SELECT COUNT(*) AS n \(isPlanned)", arguments: times(window))?.int("n") ?? 0
    }

    private static let isPlanned = """
        FROM ticketing_change c JOIN ticketing_ticket t ON t.id = c.ticket_id
        WHERE c.window_from < ? AND c.window_to > ? AND t.state <> ?
        """

    private static func times(_ window: Range<Instant>) -> [(any SQLConvertible)?] {
        [window.upperBound, window.lowerBound, TicketState.cancelled.rawValue]
    }
}
