internal import Logging
internal import OpsCore
internal import OpsJSONRPC

/// Writes checks, with everything that belongs to them in the same transaction: the audit entry,
/// the search document, the event.
struct CheckWriter: Sendable {
    let catalog: CheckCatalog
    let logger: Logger

    // MARK: - One check

    /// Inserts a check that has no result yet.
    func insert(
        _ definition: CheckDefinition, origin: CheckOrigin, in tx: WriteTransaction
    ) throws -> StoredCheck {
        try tx.refuseName(
            definition.name, of: "a check", in: "monitoring_check", unlessOf: nil, StoredCheck.ref)
        let check = StoredCheck(
            id: try tx.nextID("check"), definition: definition, origin: origin, isPaused: false,
            status: CheckStatus(), createdAt: tx.now, updatedAt: tx.now, generation: 1)
        try Self.insertRow(check, in: tx)
        try publish("check.created", check, before: nil, in: tx)
        return check
    }

    // MARK: - Checks that templates make

    /// Inserts checks that templates make for targets.
    func insertMade(
        _ new: [(definition: CheckDefinition, maker: CheckMaker)], in tx: WriteTransaction
    ) throws -> [MadeCheck] {
        let ids = try tx.nextIDs("check", count: new.count)
        let checks = zip(ids, new).map { id, new in
            PendingCheck(id: id, maker: new.maker, createdAt: tx.now)
        }
        try PendingCheck.insert(checks, in: tx)
        return zip(checks, new).map { MadeCheck(pending: $0, definition: $1.definition) }
    }

    /// Writes what a changed target or template makes of a check; nil when it is gone.
    func updateMade(
        _ id: Int, _ definition: CheckDefinition, in tx: WriteTransaction
    ) throws -> StoredCheck? {
        let old = try Self.load(id, in: tx)
        guard var check = try old ?? PendingCheck.load(id, in: tx)?.stored(definition) else {
            return nil
        }
        check.definition = definition
        check.updatedAt = tx.now
        check.generation += 1
        try updateRow(check, in: tx)
        // A change of a template changes thousands, hardly ever what they are found by; one that nothing
        // is known of yet is found by its first result.
        if let old, old.searchDocument != check.searchDocument {
            try tx.index(check.searchDocument)
        }
        return check
    }

    /// Deletes a check that a template made.
    static func deleteMade(_ id: Int, in tx: WriteTransaction) throws {
        let ref = StoredCheck.ref(id)
        try tx.execute("DELETE FROM monitoring_history WHERE check_id = ?", id)
        try tx.execute("DELETE FROM monitoring_check WHERE id = ?", id)
        try PendingCheck.delete(id, in: tx)
        try tx.unlinkAll(ref)
        try tx.unindex(ref)
    }

    /// Writes a check's new definition and origin, or whether it is paused.
    func update(
        _ old: StoredCheck, to new: StoredCheck, in tx: WriteTransaction
    ) throws -> StoredCheck {
        try deleteLeft(inPlaceOf: new, in: tx)
        try tx.refuseName(
            new.definition.name, of: "a check", in: "monitoring_check", unlessOf: old.id,
            StoredCheck.ref)
        var check = new
        check.updatedAt = tx.now
        check.generation = old.generation + 1
        try updateRow(check, in: tx)
        try publish("check.updated", check, before: old, in: tx)
        return check
    }

    /// Deletes a check with its history, its links and its place in the search.
    func delete(_ check: StoredCheck, in tx: WriteTransaction) throws {
        try tx.execute("DELETE FROM monitoring_history WHERE check_id = ?", check.id)
        try tx.execute("DELETE FROM monitoring_check WHERE id = ?", check.id)
        try tx.unlinkAll(check.ref)
        try tx.unindex(check.ref)
        try tx.audit("check.deleted", check.ref, before: .object(shown(check)), after: nil)
        try tx.announce("check.deleted", check.ref, .object(identity(check)))
    }

    /// Reads a check as the transaction sees it.
    ///
    /// - Parameter made: What its template makes of its target, which rows do not hold.
    static func load(
        _ id: Int, made definition: CheckDefinition? = nil, in tx: ReadTransaction
    ) throws -> StoredCheck? {
        let row = try tx.row("SELECT * FROM monitoring_check WHERE id = ?", id)
        guard var check = try row.map(StoredCheck.init(row:)) else {
            guard let definition else { return nil }
            return try PendingCheck.load(id, in: tx)?.stored(definition)
        }
        if check.maker != nil, let definition { check.definition = definition }
        return check
    }

    static func exists(_ id: Int, in tx: ReadTransaction) throws -> Bool {
        for table in ["monitoring_check", "monitoring_pending_check"]
        where try tx.row("SELECT id FROM \(table) WHERE id = ?", id) != nil { return true }
        return false
    }

    /// Gives a pending check a row of its own.
    func settle(_ check: StoredCheck, in tx: WriteTransaction) throws {
        try PendingCheck.delete(check.id, in: tx)
        try deleteLeft(inPlaceOf: check, in: tx)
        try Self.insertRow(check, in: tx)
    }

    /// Deletes the row of another made check that has the name of this one.
    ///
    /// It could not be read at the start, and so was in nobody's plan, also not when what made it got
    /// another name. This one would be refused, and with it the results of all others.
    private func deleteLeft(inPlaceOf check: StoredCheck, in tx: WriteTransaction) throws {
        guard check.maker != nil,
            let left = try tx.row(
                """
                SELECT id FROM monitoring_check
                WHERE name = ? AND target_id IS NOT NULL AND id <> ?
                """, check.definition.name, check.id)
        else { return }
        let id = try left.int("id")
        logger.warning(
            "a row in nobody's plan makes room for the check of its name",
            metadata: ["check": "\(check.definition.name)", "row": "\(StoredCheck.ref(id))"])
        try Self.deleteMade(id, in: tx)
    }

    // MARK: - Rows

    private static func insertRow(_ check: StoredCheck, in tx: WriteTransaction) throws {
        let (wish, status) = (check.definition, check.status)
        try tx.execute(
            """
            INSERT INTO monitoring_check (
                id, name, type, labels, interval_ms, retry_interval_ms, timeout_ms, max_attempts,
                policy, members, origin, target_id, template_id, paused, state, state_type, attempt,
                hard_state, announced_state, output, long_output, created_at, updated_at,
                generation)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '', '', ?, ?, ?)
            """,
            check.id, wish.name, wish.type, JSON.object(JSON.Object(texts: wish.labels)),
            wish.intervalMs, wish.retryIntervalMs, wish.timeoutMs, wish.maxAttempts,
            JSON.object(check.rowPolicy), JSON.object(check.rowMembers), check.origin,
            check.maker?.target, check.maker?.template, check.isPaused, status.state.rawValue,
            status.stateType.rawValue, status.attempt, status.hardState.rawValue,
            status.announcedState.rawValue, check.createdAt, check.updatedAt, check.generation)
    }

    private func updateRow(_ check: StoredCheck, in tx: WriteTransaction) throws {
        try deleteLeft(inPlaceOf: check, in: tx)
        let wish = check.definition
        let count = try tx.execute(
            """
            UPDATE monitoring_check SET name = ?, labels = ?, interval_ms = ?,
                retry_interval_ms = ?, timeout_ms = ?, max_attempts = ?, policy = ?, members = ?,
                origin = ?, paused = ?, updated_at = ?, generation = ?
            WHERE id = ?
            """,
            wish.name, JSON.object(JSON.Object(texts: wish.labels)), wish.intervalMs,
            wish.retryIntervalMs, wish.timeoutMs, wish.maxAttempts, JSON.object(check.rowPolicy),
            JSON.object(check.rowMembers), check.origin, check.isPaused, check.updatedAt,
            check.generation, check.id)
        if count == 0 { try settle(check, in: tx) }
    }

    // MARK: - What others get to see

    private func publish(
        _ topic: String, _ check: StoredCheck, before old: StoredCheck?, in tx: WriteTransaction
    ) throws {
        try tx.index(check.searchDocument)
        try tx.audit(
            topic, check.ref, before: old.map { .object(shown($0)) }, after: .object(shown(check)))
        try tx.announce(topic, check.ref, .object(identity(check)))
    }

    private func identity(_ check: StoredCheck) -> JSON.Object {
        [
            "check": .string(check.ref.description), "name": .string(check.definition.name),
            "type": .string(check.definition.type),
            "labels": .object(JSON.Object(texts: check.definition.labels)),
        ]
    }

    private func shown(_ check: StoredCheck) -> JSON.Object {
        var shown = check.definition.shown(by: catalog)
        shown["paused"] = .bool(check.isPaused)
        shown["origin"] = .string(check.origin.rawValue)
        return shown
    }
}

extension StoredCheck {
    /// The members that the row holds: those of a made check come of its template and its target.
    fileprivate var rowMembers: JSON.Object { maker == nil ? definition.members : [:] }
    fileprivate var rowPolicy: JSON.Object { maker == nil ? definition.policy : [:] }

    /// What full-text search finds the check by.
    var searchDocument: SearchDocument {
        SearchDocument(
            ref: ref, title: definition.name, body: observation?.output ?? "",
            labels: [definition.type] + definition.labels.map { "\($0)=\($1)" }.sorted(),
            facets: facets)
    }

    /// What a search for checks can be filtered by; the hard state, which is what a change of is seen.
    private var facets: [String: String] {
        var facets = ["type": definition.type, "state": status.hardState.rawValue]
        for (name, value) in definition.labels { facets["labels.\(name)"] = value }
        return facets
    }
}
