internal import OpsCore
internal import OpsJSONRPC

/// Merges and splits tickets, and takes it back.
struct MoveDesk: Sendable {
    let store: Store
    /// The rules that are judged by at this moment.
    let policy: @Sendable () async -> TicketingPolicy

    func merge(_ wish: MergeTicket, for call: Call) async throws -> Ticket {
        let policy = await policy()
        return try await call.write(to: store) { tx in
            let source = try TicketWriter.ticket(wish.ticket, for: call, in: tx)
            let target = try TicketWriter.ticket(wish.into, for: call, in: tx)
            try Staleness.refuse(wish.generation, source, in: tx)
            try Self.refuseMerge(source, target)
            if !wish.share { try Self.refuseForeign(source, target, in: tx) }
            let ticket = try MoveWriter.merge(
                source, into: target, TriggerWaits.terms(policy, in: tx), in: tx)
            try TriggerWaits.follow(policy, in: tx)
            return ticket
        }
    }

    private static func refuseMerge(_ source: Ticket, _ target: Ticket) throws(RPCError) {
        guard source.key != target.key else {
            throw .badMember("into", "is the ticket itself")
        }
        guard source.kind == target.kind else {
            throw .badMember(
                "into", "is \(target.kind.article), and this is \(source.kind.article)")
        }
        for ticket in [source, target] where ticket.state == .closed || ticket.state == .cancelled {
            throw .conflict(
                "\(ticket.key) is \(ticket.state.rawValue).", hint: "Link the two instead.")
        }
        // Who goes on with it must not have to look for it among what is done.
        guard target.state.isOpen else {
            throw .conflict(
                "\(target.key) is \(target.state.rawValue).",
                hint: "Take it up again with ticket.transition, or link the two instead.")
        }
        // What is being made or was made does not end by becoming a part of something else.
        guard source.state != .implement, source.state != .review else {
            throw .conflict(
                "\(source.key) is \(source.state.rawValue).", hint: "Link the two instead.")
        }
    }

    /// Who asked for the ticket that goes on sees what was said to who asked for the other.
    private static func refuseForeign(
        _ source: Ticket, _ target: Ticket, in tx: ReadTransaction
    ) throws {
        guard let reader = target.requester else { return }
        let others = try MoveWriter.askers(of: source, in: tx).subtracting([reader]).sorted()
        guard !others.isEmpty else { return }
        throw RPCError.badMember(
            "share",
            "has to be true: \(reader), who asked for \(target.key), will see the messages of "
                + others.joined(separator: ", "))
    }

    func split(_ wish: SplitTicket, for call: Call) async throws -> Ticket {
        let policy = await policy()
        return try await call.write(to: store) { tx in
            let source = try TicketWriter.ticket(wish.ticket, for: call, in: tx)
            let ticket = try MoveWriter.split(
                source, into: Self.draft(wish, of: source, at: tx.now), wish,
                TriggerWaits.terms(policy, in: tx), in: tx)
            // Triggers answer to no move, so that it can be taken back.
            try TriggerWaits.follow(policy, in: tx)
            return ticket
        }
    }

    /// The new ticket: like the old one, but new.
    private static func draft(_ wish: SplitTicket, of source: Ticket, at now: Instant) -> Ticket {
        var draft = source
        draft.key = ""
        draft.title = wish.title
        draft.description = wish.description
        draft.state = .new
        draft.holdReason = nil
        draft.source = nil
        draft.resolution = nil
        draft.resolutionCode = nil
        draft.rootCause = nil
        draft.workaround = nil
        draft.knownError = false
        draft.reopenCount = 0
        draft.createdAt = now
        draft.updatedAt = now
        draft.resolvedAt = nil
        draft.closedAt = nil
        draft.generation = 1
        return draft
    }

    func unmerge(_ params: UnmergeTicket, for call: Call) async throws -> UndoneMove {
        let policy = await policy()
        return try await call.write(to: store) { tx in
            let ticket = try TicketWriter.ticket(params.ticket, for: call, in: tx)
            guard let move = try MoveWriter.last(of: ticket.key, in: tx) else {
                throw RPCError.conflict(
                    "\(ticket.key) was neither merged into another ticket nor split off.",
                    hint: "Name the ticket that ended by the merge, or began by the split.")
            }
            let waits = try MovedWait.all(of: [move.source, move.target], in: tx)
            let undone = try MoveWriter.undo(move, in: tx)
            try TriggerWaits.follow(policy, in: tx)
            try RestoredWaits(move, TriggerWaits.terms(policy, in: tx), in: tx)
                .restore(from: waits)
            return undone
        }
    }
}
