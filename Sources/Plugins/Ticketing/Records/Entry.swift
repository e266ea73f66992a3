internal import OpsCore
internal import OpsJSONRPC

/// A line of a ticket's timeline: what somebody said or did.
struct Entry: Codable, Sendable, Equatable {
    /// What a line is.
    enum Kind: String, Codable, CaseIterable, Sendable {
        /// For who asked and all who work on it.
        case message
        /// For those who work on it.
        case note
        /// What the ticketing itself has to say.
        case system
    }

    var id: Int
    var kind: Kind
    /// Who wrote it.
    var author: String
    var body: String
    /// The time worked on it, in milliseconds.
    var workMs: Int?
    var at: Instant
}

extension Entry {
    /// The entry as its encoding says, without the way through an encoder: thousands come by an import.
    var json: JSON.Object {
        var json: JSON.Object = [
            "id": .number(JSON.Number(id)), "kind": .string(kind.rawValue),
            "author": .string(author), "body": .string(body),
        ]
        json["work_ms"] = workMs.map { .number(JSON.Number($0)) }
        json["at"] = .string(at.description)
        return json
    }

    /// Reads a row of `ticketing_entry`.
    init(row: Row) throws {
        id = try row.int("id")
        kind = try row.word("kind")
        author = try row.text("author")
        body = try row.text("body")
        workMs = try row.optionalInt("work_ms")
        at = try row.instant("at")
    }
}
