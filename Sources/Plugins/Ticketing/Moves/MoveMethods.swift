internal import OpsCore
internal import OpsJSONRPC

/// Makes one ticket of two: `ticket.merge`.
struct MergeTicket: Method {
    static let name = "ticket.merge"
    static let summary = "Merges a ticket into another: its lines, files and links go there."
    static let effect = Effect.write
    typealias Result = Ticket

    @Param("The ticket that ends, by key or ref.", .positional)
    var ticket: String
    @Param("The ticket that goes on, by key or ref.", .positional)
    var into: String
    @Param("Whether who asked for the one may see what was said to who asked for the other.")
    var share: Bool = false
    @Param("The generation of the first that the caller has seen; an older one is refused.")
    var generation: Int?
}

/// Makes two tickets of one: `ticket.split`.
struct SplitTicket: Method {
    static let name = "ticket.split"
    static let summary = "Opens a new ticket with some of a ticket's lines and files."
    static let effect = Effect.write
    typealias Result = Ticket

    @Param("The ticket's key or ref.", .positional)
    var ticket: String
    @Param("The new ticket's title.", .positional, .length(1...200))
    var title: String
    @Param("The lines that go over, by their ids; ticket.timeline shows them.")
    var entries: [Int] = []
    @Param("The files that go over.")
    var attachments: [Ref] = []
    @Param("All that is known.", .length(0...100_000))
    var description: String = ""
}

/// Takes a merge or a split back: `ticket.unmerge`.
struct UnmergeTicket: Method {
    static let name = "ticket.unmerge"
    static let summary = "Takes back the merge that ended a ticket, or the split that began it."
    static let effect = Effect.write
    typealias Result = UndoneMove

    @Param("The ticket that was merged into another or split off, by key or ref.", .positional)
    var ticket: String
}

/// What `ticket.unmerge` has taken back.
struct UndoneMove: Codable, Sendable {
    var kind: Move.Kind
    /// The ticket that has its lines, files and links again.
    var ticket: Ticket
    /// How many lines went back.
    var entries: Int
    /// How many files went back.
    var attachments: Int
}
