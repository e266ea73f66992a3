internal import OpsCore
internal import OpsJSONRPC

/// A check that a template made and that nothing is known about yet, as the store holds it.
///
/// Its target and its template say all else. It gets a row of `monitoring_check` with its first
/// result or change; hundreds of thousands may come in one transaction, and this is little to write.
struct PendingCheck: Sendable {
    let id: Int
    let maker: CheckMaker
    let createdAt: Instant

    /// The check, with what its template makes of its target.
    func stored(_ definition: CheckDefinition) -> StoredCheck {
        StoredCheck(
            id: id, definition: definition, origin: .template, maker: maker, isPaused: false,
            status: CheckStatus(), createdAt: createdAt, updatedAt: createdAt, generation: 1)
    }
}

/// A check that a template has just made, with what it makes of it.
struct MadeCheck: Sendable {
    let pending: PendingCheck
    let definition: CheckDefinition

    var stored: StoredCheck { pending.stored(definition) }
}

extension PendingCheck {
    /// Reads a row of `monitoring_pending_check`.
    init(row: Row) throws {
        id = try row.int("id")
        maker = CheckMaker(target: try row.int("target_id"), template: try row.int("template_id"))
        createdAt = try row.instant("created_at")
    }

    /// Reads a check as the transaction sees it; nil when it has a row of its own, or is gone.
    static func load(_ id: Int, in tx: ReadTransaction) throws -> PendingCheck? {
        try tx.row("SELECT * FROM monitoring_pending_check WHERE id = ?", id)
            .map(PendingCheck.init(row:))
    }

    static func insert(_ checks: [PendingCheck], in tx: WriteTransaction) throws {
        try tx.execute(
            """
            INSERT INTO monitoring_pending_check (id, target_id, template_id, created_at)
            VALUES (?, ?, ?, ?)
            """,
            forEach: checks.lazy.map { check in
                [
                    check.id.sqlValue, check.maker.target.sqlValue, check.maker.template.sqlValue,
                    check.createdAt.sqlValue,
                ]
            })
    }

    static func delete(_ id: Int, in tx: WriteTransaction) throws {
        try tx.execute("DELETE FROM monitoring_pending_check WHERE id = ?", id)
    }
}
