internal import OpsCore
internal import OpsJSONRPC

/// Keeps the files of tickets; an actor on the loop that keeps nothing but its settings.
actor AttachmentDesk {
    private nonisolated let store: Store
    private nonisolated let loop: EventLoop
    /// How many bytes a file may have.
    private var maxBytes: Int

    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    init(store: Store, loop: EventLoop, maxBytes: Int) {
        self.store = store
        self.loop = loop
        self.maxBytes = maxBytes
    }

    /// Takes another limit for what comes from now on.
    func use(maxBytes: Int) { self.maxBytes = maxBytes }

    func attach(_ wish: AttachToTicket, for call: Call) async throws -> Attachment {
        if wish.note, call.seesOwnOnly {
            throw RPCError.badMember("note", "is for those who work on the ticket")
        }
        let maxBytes = maxBytes
        // Off the loop, as everything that takes its time by the megabyte.
        let (bytes, sha256) = try await loop.workers.run {
            let bytes = try Self.bytes(wish.content, atMost: maxBytes)
            return (bytes, SHA256.hexadecimal(of: bytes))
        }
        return try await call.write(to: store) { tx in
            // What is sent to a ticket that was merged is for the one that goes on.
            let ticket = try MoveWriter.live(
                TicketWriter.ticket(wish.ticket, for: call, in: tx), in: tx)
            let attachment = try AttachmentWriter.insert(
                wish, bytes, sha256: sha256, to: ticket, in: tx)
            try TriggerWaits.follow(in: tx)
            return attachment
        }
    }

    private static func bytes(_ content: String, atMost limit: Int) throws -> [UInt8] {
        guard content.utf8.count / 4 * 3 <= limit + 2 else {
            throw RPCError.badMember("content", "has more than \(limit) bytes")
        }
        guard let bytes = Base64.decode(content) else {
            throw RPCError.badMember("content", "must be base64 with padding, without line breaks")
        }
        guard bytes.count <= limit else {
            throw RPCError.badMember("content", "has \(bytes.count) bytes, more than \(limit)")
        }
        return bytes
    }

    func list(_ params: ListAttachments, for call: Call) async throws -> Page<Attachment> {
        let after = try TicketWriter.number(ofCursor: params.cursor)
        return try await store.read { tx in
            let ticket = try TicketWriter.ticket(params.ticket, for: call, in: tx)
            let found = try AttachmentWriter.page(
                of: ticket, after: after, limit: params.limit + 1, withNotes: !call.seesOwnOnly,
                in: tx)
            let page = found.prefix(params.limit)
            return Page(
                items: Array(page), nextCursor: found.count > page.count ? page.last?.ref.key : nil)
        }
    }

    func get(_ params: GetAttachment, for call: Call) async throws -> AttachmentContent {
        let (attachment, bytes) = try await store.read { tx in
            let attachment = try Self.attachment(params.attachment, for: call, in: tx)
            return (attachment, try AttachmentWriter.content(of: attachment, in: tx))
        }
        let content = try await loop.workers.run { Base64.encode(bytes) }
        return AttachmentContent(
            attachment: attachment, content: FileContent(base64: content))
    }

    func delete(_ params: DeleteAttachment, for call: Call) async throws -> Done {
        try await call.write(to: store) { tx in
            try AttachmentWriter.delete(
                Self.attachment(params.attachment, for: call, in: tx), in: tx)
            try TriggerWaits.follow(in: tx)
            return Done()
        }
    }

    /// The file, where the caller may see its ticket.
    private static func attachment(
        _ ref: Ref, for call: Call, in tx: ReadTransaction
    ) throws -> Attachment {
        let missing = RPCError.notFound(
            "There is no file \(ref).", hint: "ticket.attachment.list shows those of a ticket.")
        guard let attachment = try AttachmentWriter.load(ref, in: tx) else { throw missing }
        guard call.seesOwnOnly else { return attachment }
        let ticket = try TicketWriter.load(attachment.ticket.key, in: tx)
        guard !attachment.note, ticket?.requester == call.principal.name else { throw missing }
        return attachment
    }
}
