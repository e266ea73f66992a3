internal import OpsCore
internal import OpsJSONRPC

/// What stands beside a ticket and decides about its moves: approvals, and what a change needs.
enum TicketGate {
    /// Where a ticket may go from where it stands.
    static func next(_ ticket: Ticket, in tx: ReadTransaction) throws -> [TicketState] {
        guard ticket.kind == .change else {
            return TicketRules.next(ticket.kind, from: ticket.state)
        }
        return ChangeRules.next(try ChangeWriter.load(ticket, in: tx).type, from: ticket.state)
    }

    /// Lets a ticket that was moved through, or says what is missing.
    ///
    /// - Throws: `not_ready` with what is missing, member by member.
    static func pass(
        _ old: Ticket, to new: Ticket, _ policy: ChangePolicy, in tx: WriteTransaction
    ) throws {
        if new.kind == .request { try refuseUnagreed(old, to: new, in: tx) }
        guard new.kind == .change else { return }
        let missing = try gate(of: old, policy, at: tx.now, in: tx).missing(to: new.state)
        guard missing.isEmpty else { throw notReady(new, missing) }
        guard new.state == .implement else { return }
        try tx.execute(
            "UPDATE ticketing_change SET implemented_at = ? WHERE ticket_id = ?", tx.now,
            try TicketWriter.id(of: new.key, in: tx))
    }

    /// Refuses to begin a request that nobody has agreed to, and to end one that has become another
    /// one since somebody did.
    private static func refuseUnagreed(
        _ old: Ticket, to new: Ticket, in tx: ReadTransaction
    ) throws {
        switch (old.state, new.state) {
        case (.awaitingApproval, .inProgress): break
        case (_, .resolved):
            let asked = try ApprovalWriter.approvals(of: new, in: tx)
            guard asked.contains(where: { $0.state != .cancelled }) else { return }
        default: return
        }
        let standing = try TicketApprovals.standing(for: new, in: tx)
        guard standing.isEmpty || standing.contains(where: { $0.state != .approved }) else {
            return
        }
        let method = standing.isEmpty ? "approval.request asks for" : "approval.decide gives"
        throw notReady(new, [.init(path: "approvals", reason: "are missing; \(method) them")])
    }

    /// Refuses what is scheduled and could not be by what is known of it now.
    ///
    /// - Throws: `not_ready` with what is missing, member by member.
    static func refuseUnready(
        _ ticket: Ticket, _ policy: ChangePolicy, at now: Instant, in tx: ReadTransaction
    ) throws {
        let missing = try gate(of: ticket, policy, at: now, in: tx).missing(to: .scheduled)
        guard missing.isEmpty else { throw notReady(ticket, missing) }
    }

    /// What is known of a change that matters for its next moves.
    static func gate(
        of ticket: Ticket, _ policy: ChangePolicy, at now: Instant, in tx: ReadTransaction
    ) throws -> ChangeGate {
        let change = try ChangeWriter.load(ticket, in: tx)
        let standing = try TicketApprovals.standing(for: ticket, in: tx)
        let approved = standing.filter { $0.state == .approved }
        let overridden = Set(approved.flatMap(\.freezes))
        let freezes = try ChangeWriter.freezes(of: ticket, change, in: tx).filter {
            !overridden.contains($0.ref)
        }
        let model = try change.model.flatMap { try ChangeModel.load($0, in: tx) }
        return ChangeGate(
            change: change, consenting: Set(approved.flatMap(\.consenting)),
            isWaiting: standing.contains { $0.state == .pending },
            isModelActive: model?.active ?? false, freezes: freezes.map(\.name), policy: policy,
            now: now)
    }

    /// Moves a ticket because of what was decided about it.
    static func move(
        _ ticket: Ticket, to state: TicketState, because reason: String? = nil,
        in tx: WriteTransaction
    ) throws -> Ticket {
        var wish = TransitionTicket()
        wish.ticket = ticket.key
        wish.to = state
        wish.resolution = state == .rejected ? reason : nil
        let moved = try TicketWriter.moved(ticket, wish, because: reason, in: tx)
        return try TicketWriter.update(ticket, to: moved, as: "ticket.transitioned", in: tx)
    }

    private static func notReady(_ ticket: Ticket, _ missing: [RPCError.FieldError]) -> RPCError {
        let parts = missing.map { "\($0.path) \($0.reason)" }.joined(separator: "; ")
        var error = RPCError(
            code: TransitionTicket.notReady.code, kind: TransitionTicket.notReady.kind,
            message: "\(ticket.key) cannot be \(ticket.state.rawValue) yet: \(parts).")
        error.fields = missing
        return error
    }
}
