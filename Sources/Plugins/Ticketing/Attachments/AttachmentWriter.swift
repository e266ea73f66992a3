internal import OpsCore
internal import OpsJSONRPC

/// Reads and writes files, with audit entry and event in the same transaction.
enum AttachmentWriter {
    private static let select = """
        SELECT a.*, t.key FROM ticketing_attachment a
        JOIN ticketing_ticket t ON t.id = a.ticket_id
        """

    static func load(_ ref: Ref, in tx: ReadTransaction) throws -> Attachment? {
        guard ref.noun == "attachment", let id = Int(ref.key) else { return nil }
        return try tx.row("\(select) WHERE a.id = ?", id).map(Attachment.init(row:))
    }

    static func page(
        of ticket: Ticket, after id: Int, limit: Int, withNotes: Bool, in tx: ReadTransaction
    ) throws -> [Attachment] {
        try tx.rows(
            """
            \(select) WHERE a.ticket_id = ? AND a.id > ? AND a.note <= ? ORDER BY a.id LIMIT ?
            """, try TicketWriter.id(of: ticket.key, in: tx), id, withNotes, limit
        ).map(Attachment.init(row:))
    }

    static func content(of attachment: Attachment, in tx: ReadTransaction) throws -> [UInt8] {
        try tx.row(
            "SELECT bytes FROM ticketing_content WHERE sha256 = ?", attachment.sha256
        )?.blob("bytes") ?? []
    }

    /// Adds a file; content that is there already is not stored again.
    static func insert(
        _ wish: AttachToTicket, _ bytes: [UInt8], sha256: String, to ticket: Ticket,
        in tx: WriteTransaction
    ) throws -> Attachment {
        let id = try tx.nextID("attachment")
        let attachment = Attachment(
            ref: Attachment.ref(id), ticket: ticket.ref, name: wish.name,
            mediaType: wish.mediaType, size: bytes.count, sha256: sha256, note: wish.note,
            author: tx.author.name, createdAt: tx.now)
        try tx.execute(
            """
            INSERT INTO ticketing_content (sha256, bytes) VALUES (?, ?)
            ON CONFLICT (sha256) DO NOTHING
            """, sha256, bytes)
        try tx.execute(
            """
            INSERT INTO ticketing_attachment
                (id, ticket_id, name, media_type, size, sha256, note, author, created_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """, id, try TicketWriter.id(of: ticket.key, in: tx), attachment.name,
            attachment.mediaType, attachment.size, sha256, attachment.note, attachment.author,
            attachment.createdAt)
        let line = "attached \(attachment.name), \(attachment.size) bytes"
        _ = try TicketWriter.append(wish.note ? .note : .system, line, to: ticket, in: tx)
        try TicketWriter.index(ticket, in: tx)
        try publish("ticket.attached", attachment, isThere: true, in: tx)
        return attachment
    }

    static func delete(_ attachment: Attachment, in tx: WriteTransaction) throws {
        try tx.execute("DELETE FROM ticketing_attachment WHERE id = ?", Int(attachment.ref.key))
        try tx.execute(
            """
            DELETE FROM ticketing_content WHERE sha256 = ? AND NOT EXISTS
                (SELECT 1 FROM ticketing_attachment a WHERE a.sha256 = ticketing_content.sha256)
            """, attachment.sha256)
        try TicketWriter.index(TicketWriter.existing(attachment.ticket.key, in: tx), in: tx)
        try publish("ticket.detached", attachment, isThere: false, in: tx)
    }

    private static func publish(
        _ topic: String, _ attachment: Attachment, isThere: Bool, in tx: WriteTransaction
    ) throws {
        let shown = try JSON(encoding: attachment)
        let nothing = JSON?.none
        try tx.audit(
            topic, attachment.ref, before: isThere ? nothing : shown,
            after: isThere ? shown : nothing)
        try tx.announce(
            topic, attachment.ticket,
            [
                "ticket": .string(attachment.ticket.description),
                "attachment": .string(attachment.ref.description),
                "name": .string(attachment.name), "size": .number(JSON.Number(attachment.size)),
                "note": .bool(attachment.note),
            ])
    }
}
