internal import OpsCore
internal import OpsJSONRPC

/// `view.create`.
struct CreateView: Method {
    static let name = "view.create"
    static let summary = "Saves a list of tickets under a name, for oneself or for all."
    static let effect = Effect.write
    static let mindsOwner = true
    typealias Result = View

    @Param("The view's name.", .positional, .length(1...100), .example("mine"))
    var name: String
    @Param(
        "Which tickets, by the members of ticket.list; @me is who looks.",
        .example(#"{"open": true, "assignee": "@me"}"#))
    var filter: JSON.Object = [:]
    @Param("The order: the newest first, or the most urgent, the oldest of them first.")
    var sort: ListTickets.Order = .newest
    @Param("What is shown of each, beside its key.")
    var columns: [String] = ["priority", "state", "title", "queue", "assignee", "updated_at"]
    @Param("Whether all who work on tickets see it.")
    var shared: Bool = false
    @Param("What it is for.", .length(0...4000))
    var description: String = ""
}

/// `view.get`.
struct GetView: Method {
    static let name = "view.get"
    static let summary = "Shows what a view asks for."
    static let effect = Effect.read
    static let mindsOwner = true
    typealias Result = View

    @Param("The view's ref or name; of two the own one.", .positional)
    var view: String
}

/// `view.list`.
struct ListViews: Method {
    static let name = "view.list"
    static let summary = "Lists the own views and those that are shared."
    static let effect = Effect.read
    static let mindsOwner = true
    static let columns = ["ref", "name", "shared", "owner", "description"]
    typealias Result = Page<View>

    @Param("How many views to answer at most.", .range(1...1000))
    var limit: Int = 100
    @Param("Where to go on: next_cursor of the page before.")
    var cursor: String?
}

/// `view.update`.
struct UpdateView: Method {
    static let name = "view.update"
    static let summary = "Changes the given members of a view."
    static let effect = Effect.write
    static let mindsOwner = true
    typealias Result = View

    @Param("The view's ref or name; of two the own one.", .positional)
    var view: String
    @Param("A new name.", .present(.length(1...100)))
    var name: String?
    @Param("Which tickets, all of it.")
    var filter: JSON.Object?
    @Param("The order.")
    var sort: ListTickets.Order?
    @Param("What is shown of each, beside its key.")
    var columns: [String]?
    @Param("Whether all who work on tickets see it.")
    var shared: Bool?
    @Param("What it is for.", .present(.length(0...4000)))
    var description: String?
    @Param("The generation that the change is based on; an older one is refused.")
    var generation: Int?
}

/// `view.delete`.
struct DeleteView: Method {
    static let name = "view.delete"
    static let summary = "Deletes a view; the tickets stay."
    static let effect = Effect.destroy
    static let mindsOwner = true
    typealias Result = Done

    @Param("The view's ref or name; of two the own one.", .positional)
    var view: String
    @Param("The generation that the caller has seen; an older one is refused.")
    var generation: Int?
}

/// `view.run`.
struct RunView: Method {
    static let name = "view.run"
    static let summary = "Lists the tickets of a view, with its columns."
    static let effect = Effect.read
    static let mindsOwner = true
    typealias Result = ViewPage

    @Param("The view's ref or name; of two the own one.", .positional)
    var view: String
    @Param("How many tickets to answer at most.", .range(1...1000))
    var limit: Int = 100
    @Param("Where to go on: next_cursor of the page before.")
    var cursor: String?
}

/// Tickets as a view shows them.
struct ViewPage: Codable, Sendable {
    /// The members of each, in their order.
    var columns: [String]
    var items: [JSON]
    /// What to give as `cursor` for the next page; absent after the last.
    var nextCursor: String?
}

/// The methods of views.
enum ViewMethods {
    static let declarations = [
        MethodDeclaration(CreateView.self), MethodDeclaration(GetView.self),
        MethodDeclaration(ListViews.self), MethodDeclaration(UpdateView.self),
        MethodDeclaration(DeleteView.self), MethodDeclaration(RunView.self),
    ]

    static let events = [
        EventDeclaration("view.created", "A view was created: view, owner, shared."),
        EventDeclaration("view.updated", "A view was changed."),
        EventDeclaration("view.deleted", "A view was deleted."),
    ]

    static func bind(_ methods: MethodRegistrar, to desk: ViewDesk) {
        methods.handle(CreateView.self) { call, wish in try await desk.create(wish, for: call) }
        methods.handle(GetView.self) { call, params in try await desk.get(params, for: call) }
        methods.handle(ListViews.self) { call, params in try await desk.list(params, for: call) }
        methods.handle(UpdateView.self) { call, change in
            try await desk.update(change, for: call)
        }
        methods.handle(DeleteView.self) { call, params in
            try await desk.delete(params, for: call)
        }
        methods.handle(RunView.self) { call, params in try await desk.run(params, for: call) }
    }
}
