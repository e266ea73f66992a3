internal import OpsCore

/// The plugin's methods: decode, ask the desks, encode.
enum TicketingMethods {
    static let declarations = [
        MethodDeclaration(CreateTicket.self), MethodDeclaration(GetTicket.self),
        MethodDeclaration(ListTickets.self), MethodDeclaration(UpdateTicket.self),
        MethodDeclaration(TransitionTicket.self), MethodDeclaration(AssignTicket.self),
        MethodDeclaration(CommentTicket.self), MethodDeclaration(TicketTimeline.self),
        MethodDeclaration(LinkTicket.self),
        MethodDeclaration(AttachToTicket.self), MethodDeclaration(ListAttachments.self),
        MethodDeclaration(GetAttachment.self), MethodDeclaration(DeleteAttachment.self),
        MethodDeclaration(MergeTicket.self), MethodDeclaration(SplitTicket.self),
        MethodDeclaration(UnmergeTicket.self), MethodDeclaration(ShowTicketContext.self),
        MethodDeclaration(ExportTickets.self), MethodDeclaration(ImportTickets.self),
        MethodDeclaration(ReportTime.self),
    ]

    static let events = [
        EventDeclaration(
            "ticket.created",
            "A ticket was opened: ticket, kind, title, state, priority, queue, assignee."),
        EventDeclaration("ticket.updated", "Members of a ticket were changed."),
        EventDeclaration(
            "ticket.transitioned", "A ticket went to another state: also previous_state."),
        EventDeclaration("ticket.assigned", "A ticket was given to somebody or to a queue."),
        EventDeclaration(
            "ticket.commented", "Somebody said something: also entry, entry_kind, author."),
        EventDeclaration("ticket.linked", "A ticket was linked: ticket, relation, to."),
        EventDeclaration("ticket.unlinked", "A link was taken away: ticket, relation, to."),
        EventDeclaration(
            "ticket.deleted", "The opening of a ticket was taken back, and the ticket is gone."),
        EventDeclaration(
            "ticket.attached", "A file was added: ticket, attachment, name, size, note."),
        EventDeclaration("ticket.detached", "A file was taken away."),
        EventDeclaration("ticket.merged", "A ticket ended by a merge: also previous_state."),
        EventDeclaration("ticket.absorbed", "Another ticket was merged into it: also source."),
        EventDeclaration("ticket.gave_back", "A merge into it was taken back: also source."),
        EventDeclaration("ticket.unmerged", "A merge was taken back."),
        EventDeclaration("ticket.split", "A ticket was split off from it: also target."),
        EventDeclaration("ticket.rejoined", "A split was taken back into it: also target."),
        EventDeclaration("ticket.unsplit", "A split was taken back, and its ticket is gone."),
        EventDeclaration(
            "ticket.imported", "An import is done: counts of what came, changed and stayed."),
    ]

    static func bind(_ methods: MethodRegistrar, to desk: TicketDesk) {
        methods.handle(CreateTicket.self) { call, wish in try await desk.create(wish, for: call) }
        methods.handle(GetTicket.self) { call, params in try await desk.get(params, for: call) }
        methods.handle(ListTickets.self) { call, params in
            try await desk.list(params, for: call)
        }
        methods.handle(UpdateTicket.self) { call, change in
            try await desk.update(change, for: call)
        }
        methods.handle(TransitionTicket.self) { call, wish in
            try await desk.transition(wish, for: call)
        }
        methods.handle(AssignTicket.self) { call, wish in try await desk.assign(wish, for: call) }
        methods.handle(CommentTicket.self) { call, wish in
            try await desk.comment(wish, for: call)
        }
        methods.handle(TicketTimeline.self) { call, params in
            try await desk.timeline(params, for: call)
        }
        methods.handle(ExportTickets.self) { call, params in
            try await desk.export(params, for: call)
        }
        methods.handle(ReportTime.self) { _, params in try await desk.time(params) }
        methods.handle(LinkTicket.self) { call, wish in try await desk.link(wish, for: call) }
    }

    static func bind(_ methods: MethodRegistrar, to desk: ImportDesk) {
        methods.handle(ImportTickets.self) { call, params in
            try await desk.take(params, for: call)
        }
    }

    static func bind(_ methods: MethodRegistrar, to desk: AttachmentDesk) {
        methods.handle(AttachToTicket.self) { call, wish in try await desk.attach(wish, for: call) }
        methods.handle(ListAttachments.self) { call, params in
            try await desk.list(params, for: call)
        }
        methods.handle(GetAttachment.self) { call, params in
            try await desk.get(params, for: call)
        }
        methods.handle(DeleteAttachment.self) { call, params in
            try await desk.delete(params, for: call)
        }
    }

    static func bind(_ methods: MethodRegistrar, to desk: ContextDesk) {
        methods.handle(ShowTicketContext.self) { call, params in
            try await desk.show(params, for: call)
        }
    }

    static func bind(_ methods: MethodRegistrar, to desk: MoveDesk) {
        methods.handle(MergeTicket.self) { call, wish in try await desk.merge(wish, for: call) }
        methods.handle(SplitTicket.self) { call, wish in try await desk.split(wish, for: call) }
        methods.handle(UnmergeTicket.self) { call, params in
            try await desk.unmerge(params, for: call)
        }
    }
}
