internal import OpsCore
internal import OpsJSONRPC

/// Puts the page of a ticket together: its own part from the store, the rest from whoever says
/// something about what it affects.
struct ContextDesk: Sendable {
    let context: PluginContext

    /// How many of the items on which the affected ones stand are looked at, the nearest.
    private static let mostSupports = 100

    func show(_ params: ShowTicketContext, for call: Call) async throws -> TicketContext {
        let affected = try await context.store.read { tx in
            let ticket = try TicketWriter.ticket(params.ticket, for: call, in: tx)
            return try ContextReader(ticket: ticket, tx: tx).affects()
        }
        let footing = await Surroundings.footing(
            of: affected, limit: Self.mostSupports + affected.count, context)
        var page = try await context.store.read { tx in
            let ticket = try TicketWriter.ticket(params.ticket, for: call, in: tx)
            let reader = ContextReader(ticket: ticket, tx: tx)
            let affects = try reader.affects()
            return TicketContext(
                ticket: ticket, nextStates: try TicketGate.next(ticket, in: tx),
                timeline: try Timeline.newest(
                    params.limit, of: ticket, messagesOnly: false, in: tx),
                workMs: try Timeline.workMs(of: ticket, in: tx), affects: affects,
                changes: try reader.changes(
                    of: affects,
                    standingOn: footing.supports.sorted { $0.description < $1.description },
                    within: .milliseconds(params.changesWithinMs)),
                similar: try reader.similar(affects, limit: params.similar), contributions: [],
                missing: [])
        }
        let said = await context.contributions(to: page.affects + [page.ticket.ref], for: call)
        page.contributions = said.items
        page.missing = said.missing + Self.gaps(footing)
        return page
    }

    /// What could not be found out about the changes, where somebody keeps an inventory at all.
    private static func gaps(_ footing: Surroundings) -> [Contributions.Gap] {
        guard !footing.isUnanswered else { return [] }
        return footing.gaps.map {
            .init(plugin: "ticketing", sections: ["changes"], reason: .failed, message: $0)
        }
    }
}
