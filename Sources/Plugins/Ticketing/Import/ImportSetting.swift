internal import OpsCore
internal import OpsImport
internal import OpsJSONRPC

/// What the lines of a file are read by.
struct ImportSetting: Sendable {
    let policy: TicketingPolicy
    /// Who brings them, and asks where nobody else does.
    let author: String
    let now: Instant
    /// The queues that the file names, by what it calls them; those that there are.
    let queues: [String: Queue]
    /// The sources of the file of which there are tickets.
    let known: Set<String>

    init(
        _ policy: TicketingPolicy, by author: String, at now: Instant, _ records: [ImportedRecord],
        in tx: ReadTransaction
    ) throws {
        self.policy = policy
        self.author = author
        self.now = now
        let named = Set(records.compactMap { $0.members["queue"]?.string })
        queues = try named.reduce(into: [:]) { queues, key in
            queues[key] = try Queue.load(key, in: tx)
        }
        known = Set(
            try records.compactMap { $0.members["source"]?.string }.filter { source in
                try tx.row("SELECT 1 AS n FROM ticketing_ticket WHERE source = ?", source) != nil
            })
    }
}
