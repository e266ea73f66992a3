internal import OpsCore
internal import OpsJSONRPC

/// Puts the page of a ticket together: its own part from the store, the rest from whoever says
/// something about what it affects.
struct ContextDesk: Sendable {
    let context: PluginContext

    /// How many of the items on which the affected ones stand are looked at, the nearest.
    private static let mostSupports = 100

    func show(_ params: ShowTicketContext, for call: Call) async throws -> TicketContext {
        let (ref, affected) = try await read(params, call) { ($0.ticket.ref, try $0.affects()) }
        // Beside each other: each waits for the disk.
        async let said = context.contributions(to: affected + [ref], for: call)
        async let similar = read(params, call) { try $0.similar(affected, limit: params.similar) }
        let footing = await Surroundings.footing(
            of: affected, limit: Self.mostSupports + affected.count, context)
        var page = try await read(params, call) { reader in
            TicketContext(
                ticket: reader.ticket,
                nextStates: try TicketGate.next(reader.ticket, in: reader.tx),
                timeline: try Timeline.newest(
                    params.limit, of: reader.ticket, messagesOnly: false, in: reader.tx),
                workMs: try Timeline.workMs(of: reader.ticket, in: reader.tx), affects: affected,
                changes: try reader.changes(
                    of: affected,
                    standingOn: footing.supports.sorted { $0.description < $1.description },
                    within: .milliseconds(params.changesWithinMs)),
                similar: [], contributions: [], missing: [])
        }
        page.similar = try await similar
        page.contributions = await said.items
        page.missing = await said.missing + Self.gaps(footing)
        return page
    }

    /// Reads what the caller may see of the ticket.
    private func read<T: Sendable>(
        _ params: ShowTicketContext, _ call: Call,
        _ body: @escaping @Sendable (ContextReader) throws -> T
    ) async throws -> T {
        try await context.store.read { tx in
            let ticket = try TicketWriter.ticket(params.ticket, for: call, in: tx)
            return try body(ContextReader(ticket: ticket, tx: tx))
        }
    }

    /// What could not be found out about the changes, where somebody keeps an inventory at all.
    private static func gaps(_ footing: Surroundings) -> [Contributions.Gap] {
        guard !footing.isUnanswered else { return [] }
        return footing.gaps.map {
            .init(plugin: "ticketing", sections: ["changes"], reason: .failed, message: $0)
        }
    }
}
