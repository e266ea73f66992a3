internal import OpsCore
internal import OpsJSONRPC

/// Tries triggers out.
struct TriggerDesk: Sendable {
    let store: Store
    /// The rules that are judged by at this moment.
    let policy: @Sendable () async -> TicketingPolicy

    func test(_ params: TestTriggers, for call: Call) async throws -> TriggerTest {
        let policy = await policy()
        guard (params.ticket == nil) != (params.described == nil) else {
            throw RPCError.badMember("ticket", "is required, or one that is described; not both")
        }
        let wish = try params.described.map { given throws(RPCError) in
            do throws(RPCError) {
                return try FieldSet(CreateTicket.self).decode(given)
            } catch {
                throw error.moved(under: "described")
            }
        }
        return try await call.rehearse(on: store) { tx in
            let trigger = try params.trigger.map { try Trigger.find($0, in: tx) }
            let key: String
            if let wish {
                key = try Self.insert(wish, policy, in: tx).key
            } else {
                key = try TicketWriter.find(params.ticket ?? "", in: tx).key
            }
            var run = TriggerRun(
                try trigger.map { [TriggerJudge($0)] } ?? policy.triggers.active(in: tx), policy,
                from: tx.events.count, explains: true, in: tx)
            try run.happened(params.event ?? trigger?.event ?? .created, to: key)
            try run.goThrough()
            return TriggerTest(
                ticket: try TicketWriter.existing(key, in: tx), items: run.steps)
        }
    }

    private static func insert(
        _ wish: CreateTicket, _ policy: TicketingPolicy, in tx: WriteTransaction
    ) throws -> Ticket {
        var ticket = try TicketDesk.draft(wish, policy, at: tx.now)
        if let key = wish.queue { try TicketDesk.put(&ticket, into: key, in: tx) }
        return try TicketWriter.insert(ticket, in: tx)
    }
}
