internal import OpsCore
internal import OpsJSONRPC

/// Lets approvals and tickets follow each other, in the transaction in which something happens.
enum TicketApprovals {
    /// The approvals of a ticket that stand for it as it is now.
    static func standing(for ticket: Ticket, in tx: ReadTransaction) throws -> [Approval] {
        let hash = try ApprovalSubject.hash(of: ticket, in: tx)
        return try ApprovalWriter.approvals(of: ticket, in: tx).filter {
            [.approved, .pending].contains($0.state) && $0.subjectHash == hash
        }
    }

    /// Lets the approvals follow a ticket that was changed.
    ///
    /// What is agreed to and was changed is void. A change that has its window by it goes back to
    /// where one agrees.
    static func changed(_ ticket: Ticket, in tx: WriteTransaction) throws -> Ticket {
        guard ticket.kind == .request || ticket.kind == .change else { return ticket }
        let open = try ApprovalWriter.approvals(of: ticket, in: tx).filter {
            $0.state == .pending || $0.state == .approved
        }
        guard !open.isEmpty else { return ticket }
        if !ticket.state.isOpen {
            for approval in open where approval.state == .pending {
                try end(approval, as: .cancelled, in: tx)
            }
            return ticket
        }
        // What was made already was agreed to, whatever is written about it afterwards.
        guard ticket.state != .implement, ticket.state != .review else { return ticket }
        let hash = try ApprovalSubject.hash(of: ticket, in: tx)
        let stale = open.filter { $0.subjectHash != hash }
        guard !stale.isEmpty else { return ticket }
        for approval in stale { try end(approval, as: .void, in: tx) }
        _ = try TicketWriter.append(
            .system, "What was agreed to was changed; ask again", to: ticket, in: tx)
        guard ticket.state == .scheduled, ticket.kind == .change else { return ticket }
        let change = try ChangeWriter.load(ticket, in: tx)
        return change.type == .standard
            ? ticket : try TicketGate.move(ticket, to: .authorize, in: tx)
    }

    /// Waits again for approvals that were cancelled by a merge, which is taken back.
    static func restore(_ approvals: [Approval], in tx: WriteTransaction) throws {
        for approval in approvals {
            let old = try ApprovalWriter.find(approval.ref, in: tx)
            guard old.state == .cancelled else { continue }
            try ApprovalWriter.restore(approval, from: old, as: "approval.restored", in: tx)
        }
    }

    private static func end(
        _ approval: Approval, as state: Approval.State, in tx: WriteTransaction
    ) throws {
        var ended = approval
        ended.state = state
        let topic = state == .void ? "approval.voided" : "approval.cancelled"
        try ApprovalWriter.update(approval, to: ended, as: topic, in: tx)
    }

    /// Lets a ticket follow an approval that was decided.
    static func decided(
        _ approval: Approval, on ticket: Ticket, in tx: WriteTransaction
    ) throws {
        if approval.state == .rejected {
            // What others have agreed to was rejected; whoever wants it anew asks all of them.
            for other in try standing(for: ticket, in: tx) { try end(other, as: .void, in: tx) }
        }
        switch (approval.state, ticket.kind, ticket.state) {
        case (.rejected, .request, .awaitingApproval):
            _ = try TicketGate.move(ticket, to: .rejected, because: refusal(approval), in: tx)
        case (.rejected, .change, .assess), (.rejected, .change, .authorize):
            _ = try TicketGate.move(ticket, to: .new, because: refusal(approval), in: tx)
        case (.approved, .request, .awaitingApproval):
            let standing = try standing(for: ticket, in: tx)
            guard standing.allSatisfy({ $0.state == .approved }) else { return }
            _ = try TicketGate.move(ticket, to: .inProgress, in: tx)
        default: break
        }
    }

    private static func refusal(_ approval: Approval) -> String {
        let refusals = approval.votes.filter { $0.vote == .reject }.map { vote in
            vote.comment.isEmpty ? vote.approver : "\(vote.approver): \(vote.comment)"
        }
        return "Rejected by \(refusals.joined(separator: "; "))"
    }
}
