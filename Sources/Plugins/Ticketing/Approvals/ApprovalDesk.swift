internal import OpsCore
internal import OpsJSONRPC

/// Asks for approvals, takes votes, and shows them.
struct ApprovalDesk: Sendable {
    let store: Store
    /// The rules that are judged by at this moment.
    let policy: @Sendable () async -> TicketingPolicy

    func request(_ wish: RequestApproval, for call: Call) async throws -> Approval {
        let asker = call.principal.name
        let policy = await policy()
        return try await call.write(to: store) { tx in
            let ticket = try TicketWriter.find(wish.ticket, in: tx)
            try Self.refuseUnasked(ticket)
            let needed = try ApprovalRules.needed(
                wish.mode, wish.needed, of: wish.approvers, requester: ticket.requester,
                askedBy: asker)
            guard !wish.overridesFreeze || ticket.kind == .change else {
                throw RPCError.badMember("overrides_freeze", "belongs to a change")
            }
            let approval = try ApprovalWriter.insert(
                Approval(
                    ref: Approval.ref(0), ticket: ticket.key, mode: wish.mode, needed: needed,
                    approvers: wish.approvers, state: .pending,
                    subjectHash: try ApprovalSubject.hash(of: ticket, in: tx),
                    overridesFreeze: wish.overridesFreeze, comment: wish.comment,
                    requestedBy: asker, votes: [], createdAt: tx.now, updatedAt: tx.now,
                    generation: 1), in: tx)
            if ticket.kind == .request, ticket.state == .new {
                _ = try TicketGate.move(ticket, to: .awaitingApproval, in: tx)
            }
            try TriggerRun.follow(policy, in: tx)
            return approval
        }
    }

    /// Where there is something to agree to, and nothing is decided yet.
    private static func refuseUnasked(_ ticket: Ticket) throws(RPCError) {
        switch (ticket.kind, ticket.state) {
        case (.request, .new), (.request, .awaitingApproval), (.change, .new), (.change, .assess),
            (.change, .authorize):
            return
        case (.request, _), (.change, _):
            throw .conflict("\(ticket.key) is \(ticket.state.rawValue); it is too late to ask.")
        case (.incident, _), (.problem, _):
            throw .badMember("ticket", "must be a request or a change")
        }
    }

    func decide(_ wish: DecideApproval, for call: Call) async throws -> Approval {
        let caller = call.principal.name
        let policy = await policy()
        return try await call.write(to: store) { tx in
            let old = try ApprovalWriter.find(wish.approval, in: tx)
            let ticket = try TicketWriter.find(old.ticket, in: tx)
            let approver = try ApprovalRules.voice(
                old, of: caller, onBehalfOf: wish.onBehalfOf, requester: ticket.requester)
            guard !old.votes.contains(where: { $0.approver == approver }) else {
                throw RPCError.conflict("\(approver) has voted already.")
            }
            // What the links say is not seen by those who guard the ticket, so it is looked at here.
            guard try ApprovalSubject.hash(of: ticket, in: tx) == old.subjectHash else {
                throw RPCError.conflict(
                    "\(ticket.key) is not what \(old.ref) was asked for any more.",
                    hint: "Ask again with approval.request.")
            }
            var new = old
            new.votes.append(
                Approval.Vote(
                    approver: approver, vote: wish.vote, comment: wish.comment,
                    recordedBy: approver == caller ? nil : caller, at: tx.now))
            new.state = ApprovalRules.outcome(of: new)
            let approval = try ApprovalWriter.update(old, to: new, as: "approval.decided", in: tx)
            _ = try TicketWriter.append(
                .system,
                "\(approval.ref): \(approver) votes \(wish.vote.rawValue), "
                    + "\(approval.state.rawValue)", to: ticket, in: tx)
            try TicketApprovals.decided(approval, on: ticket, in: tx)
            try TriggerRun.follow(policy, in: tx)
            return approval
        }
    }

    func get(_ ref: Ref) async throws -> Approval {
        try await store.read { tx in try ApprovalWriter.find(ref, in: tx) }
    }

    func list(_ params: ListApprovals) async throws -> Page<Approval> {
        let before = try params.cursor.map { text throws(RPCError) in
            guard let id = Int(text) else { throw .badMember("cursor", "is none of this method") }
            return id
        }
        return try await store.read { tx in
            var condition = "WHERE a.id < ?"
            var arguments: [(any SQLConvertible)?] = [before ?? Int.max]
            if let state = params.state {
                condition += " AND a.state = ?"
                arguments.append(state.rawValue)
            }
            if let key = params.ticket {
                condition += " AND a.ticket_id = ?"
                let ticket = try TicketWriter.find(key, in: tx)
                arguments.append(try TicketWriter.id(of: ticket.key, in: tx))
            }
            if let approver = params.approver {
                // The list of approvers is JSON text, in which a name stands as it is encoded.
                condition += " AND a.approvers LIKE ? ESCAPE '\\'"
                arguments.append("%\(Self.pattern(JSON.string(approver).text))%")
            }
            let found = try ApprovalWriter.approvals(
                "\(condition) ORDER BY a.id DESC LIMIT ?", arguments + [params.limit + 1], in: tx)
            let page = found.prefix(params.limit)
            return Page(
                items: Array(page),
                nextCursor: found.count > page.count ? page.last.map { String($0.id) } : nil)
        }
    }

    private static func pattern(_ text: String) -> String {
        text.map { "\\%_".contains($0) ? "\\\($0)" : String($0) }.joined()
    }
}
