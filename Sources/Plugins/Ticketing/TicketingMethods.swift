internal import OpsCore

/// The plugin's methods: decode, ask the desks, encode.
enum TicketingMethods {
    static let declarations = [
        MethodDeclaration(CreateTicket.self), MethodDeclaration(GetTicket.self),
        MethodDeclaration(ListTickets.self), MethodDeclaration(UpdateTicket.self),
        MethodDeclaration(TransitionTicket.self), MethodDeclaration(AssignTicket.self),
        MethodDeclaration(CommentTicket.self), MethodDeclaration(TicketTimeline.self),
        MethodDeclaration(CreateQueue.self), MethodDeclaration(GetQueue.self),
        MethodDeclaration(ListQueues.self), MethodDeclaration(UpdateQueue.self),
        MethodDeclaration(DeleteQueue.self),
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
        EventDeclaration("queue.created", "A queue was created: queue, name."),
        EventDeclaration("queue.updated", "A queue was changed."),
        EventDeclaration("queue.deleted", "A queue was deleted."),
    ]

    static func bind(_ methods: MethodRegistrar, to desk: TicketDesk) {
        methods.handle(CreateTicket.self) { call, wish in try await desk.create(wish, for: call) }
        methods.handle(GetTicket.self) { _, params in try await desk.get(params) }
        methods.handle(ListTickets.self) { _, params in try await desk.list(params) }
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
        methods.handle(TicketTimeline.self) { _, params in try await desk.timeline(params) }
    }

    static func bind(_ methods: MethodRegistrar, to desk: QueueDesk) {
        methods.handle(CreateQueue.self) { call, wish in try await desk.create(wish, for: call) }
        methods.handle(GetQueue.self) { _, params in try await desk.get(params.queue) }
        methods.handle(ListQueues.self) { _, params in try await desk.list(params) }
        methods.handle(UpdateQueue.self) { call, change in
            try await desk.update(change, for: call)
        }
        methods.handle(DeleteQueue.self) { call, params in
            try await desk.delete(params, for: call)
        }
    }
}
