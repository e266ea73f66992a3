internal import OpsCore
internal import OpsJSONRPC

/// Takes changes of tickets back, as `record.revert` asks.
enum TicketReverter {
    static let declaration = RecordDeclaration(
        "ticket",
        wholeIn: [
            "ticket.created", "ticket.updated", "ticket.assigned", "ticket.transitioned",
            "ticket.merged", "ticket.unmerged", "ticket.unsplit", "ticket.deleted",
        ],
        partsIn: ["ticket.linked", "ticket.unlinked"], partsBy: ["ticket.link"],
        doneBy: [
            "ticket.assigned": "ticket.assign", "ticket.transitioned": "ticket.transition",
        ],
        consequences: [
            "sla.warning", "sla.breached", "ticket.work_imported", TriggerRun.failed,
            TriggerRun.stopped,
        ],
        // Somebody may have read it.
        lasting: ["ticket.commented"],
        undoneBy: [
            "ticket.merged": "ticket.unmerge", "ticket.absorbed": "ticket.unmerge",
            "ticket.unmerged": "ticket.merge", "ticket.gave_back": "ticket.merge",
            "ticket.unsplit": "ticket.split", "ticket.split": "ticket.unmerge",
            "ticket.rejoined": "ticket.split", "ticket.deleted": "ticket.create",
            "change.updated": "change.update", "change.assessed": "change.risk",
        ],
        marks: RecordKinds.marks, deletion: "ticket.unmerge")

    /// What belongs to tickets and is not brought back: files by their own methods, and what somebody
    /// was asked to agree to by none.
    static let parts = [
        RecordDeclaration(
            "attachment", wholeIn: ["ticket.attached", "ticket.detached"],
            undoneBy: [
                "ticket.attached": "ticket.attachment.delete", "ticket.detached": "ticket.attach",
            ], methods: "ticket.attachment"),
        RecordDeclaration("approval", wholeIn: []),
    ]

    /// Makes a ticket what it was; without a state it is taken away.
    static func restore(
        _ ref: Ref, to state: JSON.Object?, _ policy: TicketingPolicy, in tx: WriteTransaction
    ) throws {
        let old = try TicketWriter.existing(ref.key, in: tx)
        guard let state else { return try takeAway(old, in: tx) }
        let members = try RestoredState.members(
            state, of: ref, now: old.json, knownBy: declaration.actions, in: tx)
        let ticket = try RevertedTicket.ticket(
            members, from: old, among: TicketGate.next(old, in: tx), by: policy.matrix)
        if let queue = ticket.queue { _ = try Queue.named(queue, in: tx) }
        if old.state != ticket.state {
            try TicketGate.pass(old, to: ticket, policy.changes, in: tx)
            let moved = "\(old.state.rawValue) -> \(ticket.state.rawValue): taken back"
            _ = try TicketWriter.append(.system, moved, to: ticket, in: tx)
        }
        if (old.assignee, old.queue) != (ticket.assignee, ticket.queue) {
            try TicketWriter.noteAssignment(of: ticket, in: tx)
        }
        _ = try TicketWriter.update(
            old, to: ticket, as: RevertedTicket.topic(old, to: ticket), in: tx)
        if (old.state, old.assignee, old.queue) != (ticket.state, ticket.assignee, ticket.queue) {
            try IntakeWriter.tookBack(ticket, in: tx)
        }
        try TriggerWaits.follow(ticket, policy, in: tx)
    }

    /// Takes a link of a ticket away that was made, or makes one that was taken away.
    static func takeBack(
        link made: JSON?, or lost: JSON?, of ref: Ref, in tx: WriteTransaction
    ) throws {
        let ticket = try TicketWriter.existing(ref.key, in: tx)
        guard let link = made ?? lost, let to = link["to"]?.string.flatMap({ Ref($0) }),
            let relation = link["relation"]?.string
        else { throw RPCError.internalError("\(ref) has an entry that is no link.") }
        let isDone =
            try made == nil
            ? TicketLinks.add(ref, relation, to, in: tx)
            : TicketLinks.remove(ref, relation, to, in: tx)
        guard isDone else {
            throw RPCError.conflict(
                "\(relation) \(to) is \(made == nil ? "there again" : "gone already")")
        }
        try TicketWriter.followLink(ticket, relation, in: tx)
    }

    // MARK: - Tickets that should not have been

    private static func takeAway(_ ticket: Ticket, in tx: WriteTransaction) throws {
        let reasons = try reasonsToStay(ticket, in: tx)
        guard reasons.isEmpty else {
            var error = RPCError.conflict("\(ticket.key) cannot be taken away any more.")
            error.fields = reasons
            throw error
        }
        try tx.execute(
            "DELETE FROM ticketing_entry WHERE ticket_id = ?",
            try TicketWriter.id(of: ticket.key, in: tx))
        try TicketWriter.delete(ticket, as: "ticket.deleted", in: tx)
    }

    /// What others have put to a ticket since, which would be lost with it.
    private static func reasonsToStay(
        _ ticket: Ticket, in tx: ReadTransaction
    ) throws -> [RPCError.FieldError] {
        let id = try TicketWriter.id(of: ticket.key, in: tx)
        // What triggers said, such as that a ticket is there, goes with it.
        let lines = """
            ticketing_entry WHERE ticket_id = ? AND kind <> 'system'
                AND author NOT LIKE '\(Trigger.principalPrefix)%'
            """
        let moves = "ticketing_move WHERE undone_at IS NULL AND ? IN (source, target)"
        let parts: [(String, String, any SQLConvertible)] = [
            ("timeline", lines, id),
            ("attachments", "ticketing_attachment WHERE ticket_id = ?", id),
            ("approvals", "ticketing_approval WHERE ticket_id = ?", id),
            ("merges and splits", moves, ticket.key),
            ("checks", "ticketing_watch WHERE ticket_key = ?", ticket.key),
        ]
        var reasons: [RPCError.FieldError] = []
        for (path, rows, key) in parts {
            let count = try tx.row("SELECT COUNT(*) AS n FROM \(rows)", key)?.int("n") ?? 0
            guard count > 0 else { continue }
            reasons.append(.init(path: path, reason: "has \(count) that came since"))
        }
        if let first = try tx.links(to: ticket.ref).first {
            reasons.append(.init(path: "links", reason: "is linked from \(first.from)"))
        }
        return reasons
    }
}
