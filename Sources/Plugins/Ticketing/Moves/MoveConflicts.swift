internal import OpsCore
internal import OpsJSONRPC

/// What has come between a move and taking it back.
enum MoveConflicts {
    /// Every reason why the move can't be undone, with the place.
    static func all(
        of move: Move, _ subject: Ticket, _ target: Ticket, in tx: ReadTransaction
    ) throws -> [RPCError.FieldError] {
        var found = changes(of: subject, since: move.moved.after)
        let (lines, files) = ("ticketing_entry", "ticketing_attachment")
        let home = Set(try MoveWriter.ids(in: lines, of: target, in: tx))
        let filesHome = Set(try MoveWriter.ids(in: files, of: target, in: tx))
        // The mark goes where the rest goes, so without lines it tells that the target went on.
        let lineIDs = move.moved.entries + move.moved.marks.suffix(1)
        found += missing(lineIDs, from: home, "entries", "line", target)
        found += missing(move.moved.attachments, from: filesHome, "attachments", "file", target)
        guard move.kind == .split else { return found }
        if let later = try MoveWriter.last(of: move.source, in: tx), later.kind == .merge {
            found.append(.init(path: "source", reason: "was merged into \(later.target)"))
        }
        found += try ApprovalWriter.approvals(of: target, in: tx).map {
            .init(path: "approvals", reason: "\($0.ref) of \(target.key) came later")
        }
        found += additions(home, move.moved.entries + move.moved.marks, "entries", "line", target)
        found += additions(filesHome, move.moved.attachments, "attachments", "file", target)
        let own = Set(move.moved.links)
        found += try tx.links(of: target.ref)
            .filter { !own.contains(MovedLink(from: $0.from, relation: $0.relation, to: $0.to)) }
            .map { link in
                RPCError.FieldError(
                    path: "links", reason: "\(link.from) \(link.relation) \(link.to) came later")
            }
        return found
    }

    private static func changes(
        of ticket: Ticket, since after: Ticket
    ) -> [RPCError.FieldError] {
        guard ticket != after else { return [] }
        let members = Staleness.difference(from: after.json, to: ticket.json)
        guard members.isEmpty else { return members }
        let reason = "is \(ticket.generation), and was \(after.generation)"
        return [RPCError.FieldError(path: "generation", reason: reason)]
    }

    private static func missing(
        _ ids: [Int], from home: Set<Int>, _ path: String, _ word: String, _ ticket: Ticket
    ) -> [RPCError.FieldError] {
        ids.filter { !home.contains($0) }.map {
            RPCError.FieldError(path: path, reason: "\(word) \($0) is no longer of \(ticket.key)")
        }
    }

    private static func additions(
        _ home: Set<Int>, _ known: [Int], _ path: String, _ word: String, _ ticket: Ticket
    ) -> [RPCError.FieldError] {
        home.subtracting(known).sorted().map {
            RPCError.FieldError(path: path, reason: "\(word) \($0) of \(ticket.key) came later")
        }
    }
}
