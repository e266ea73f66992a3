internal import OpsCore
internal import OpsJSONRPC

/// A file that belongs to a ticket; its content is kept once, however many tickets have it.
struct Attachment: Codable, Sendable, Equatable {
    var ref: Ref
    var ticket: Ref
    /// The file's name.
    var name: String
    /// Such as `image/png`.
    var mediaType: String
    /// How many bytes it has.
    var size: Int
    /// The content's SHA-256, by which it is kept.
    var sha256: String
    /// Whether it is only for those who work on the ticket.
    var note: Bool
    /// Who brought it.
    var author: String
    var createdAt: Instant

    static func ref(_ id: Int) -> Ref { Ref("attachment", id) }
}

extension Attachment {
    /// Reads a row of `ticketing_attachment` with the key of its ticket.
    init(row: Row) throws {
        ref = Self.ref(try row.int("id"))
        ticket = Ticket.ref(try row.text("key"))
        name = try row.text("name")
        mediaType = try row.text("media_type")
        size = try row.int("size")
        sha256 = try row.text("sha256")
        note = try row.bool("note")
        author = try row.text("author")
        createdAt = try row.instant("created_at")
    }
}

/// An attachment with its content, as `ticket.attachment.get` answers.
struct AttachmentContent: Codable, Sendable {
    var attachment: Attachment
    var content: FileContent
}

/// The bytes of a file in base64, of which the schema tells the command line that they are.
struct FileContent: Codable, Sendable, Schematic {
    static let encoding = "base64"
    static var schema: JSON.Object {
        ["type": "string", "contentEncoding": .string(encoding)]
    }

    let base64: String

    init(base64: String) {
        self.base64 = base64
    }

    init(from decoder: any Decoder) throws {
        base64 = try decoder.singleValueContainer().decode(String.self)
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(base64)
    }
}
