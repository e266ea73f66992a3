internal import OpsCore
internal import OpsJSONRPC

/// A merge or a split: what went from one ticket to another, so that it can go back.
struct Move: Codable, Sendable, Equatable {
    /// Which of the two.
    enum Kind: String, Codable, CaseIterable, Sendable {
        /// The source ended and everything of it went to the target.
        case merge
        /// The target began with a part of the source.
        case split
    }

    var id: Int
    var kind: Kind
    /// The key of the ticket that things were taken from.
    var source: String
    /// The key of the ticket that things went to.
    var target: String
    var moved: MovedParts
    var at: Instant
}

/// What a ``Move`` changed, by the numbers of what was changed.
struct MovedParts: Codable, Sendable, Equatable {
    /// Of a merge: the source as it was.
    var before: Ticket?
    /// What the move left of the ticket that it ended or began, to see whether somebody changed it.
    var after: Ticket
    /// The number of its queue then, whose name may be another one by now.
    var queue: Int?
    /// The lines that went over.
    var entries: [Int]
    /// The files that went over.
    var attachments: [Int]
    /// The lines in which the move says what it did.
    var marks: [Int]
    /// The links that the move made.
    var links: [MovedLink]
    /// Of a merge: the approvals that were waited for, as they were.
    var approvals: [Approval] = []
    /// Of a merge: the clocks of the source that were open, as they were.
    var clocks: [Clock] = []
    /// What both tickets waited for.
    var waits: [MovedWait]
    /// Who waited for which triggers, since these may be other ones by now.
    var triggers: [WaitTerms]
}

/// A link that a ``Move`` made.
struct MovedLink: Codable, Sendable, Hashable {
    var from: Ref
    var relation: String
    var to: Ref
}

extension Move {
    /// The ticket that the move ended or began, which is the one to name to take it back.
    var subject: String { kind == .merge ? source : target }

    /// The move with the queue's name of now; a move itself leaves a ticket in its queue.
    func calledAsNow(in tx: ReadTransaction) throws -> Move {
        guard let number = moved.queue, let queue = try Queue.load(number, in: tx) else {
            return self
        }
        var move = self
        move.moved.before?.queue = queue.name
        move.moved.after.queue = queue.name
        return move
    }

    /// Reads a row of `ticketing_move`.
    init(row: Row) throws {
        id = try row.int("id")
        kind = try row.word("kind")
        source = try row.text("source")
        target = try row.text("target")
        moved = try row.json("moved").decode()
        at = try row.instant("at")
    }
}
