internal import OpsCore
internal import OpsJSONRPC

/// Puts the page of a ticket together: its own part from the store, the rest from whoever says
/// something about what it affects.
struct ContextDesk: Sendable {
    let context: PluginContext

    func show(_ params: ShowTicketContext, for call: Call) async throws -> TicketContext {
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
                    of: affects, within: .milliseconds(params.changesWithinMs)),
                similar: try reader.similar(affects, limit: params.similar), contributions: [],
                missing: [])
        }
        let said = await context.contributions(to: page.affects + [page.ticket.ref], for: call)
        page.contributions = said.items
        page.missing = said.missing
        return page
    }
}
