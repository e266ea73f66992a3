internal import OpsCore
internal import OpsJSONRPC

/// Reads and writes the models of standard changes.
enum ChangeModelWriter {
    static func load(_ name: String, in tx: ReadTransaction) throws -> ChangeModel? {
        try tx.row("SELECT * FROM ticketing_change_model WHERE name = ?", name)
            .map(ChangeModel.init(row:))
    }

    /// The model of a name or a ref.
    ///
    /// - Throws: `not_found`.
    static func find(_ key: String, in tx: ReadTransaction) throws -> ChangeModel {
        if let model = try load(key, in: tx) { return model }
        if let ref = Ref(key), ref.noun == "change_model", let id = Int(ref.key),
            let row = try tx.row("SELECT * FROM ticketing_change_model WHERE id = ?", id)
        {
            return try ChangeModel(row: row)
        }
        throw RPCError.notFound(
            "There is no model of changes \"\(key)\".",
            hint: "change.model.list shows those that there are.")
    }

    static func page(
        after name: String, limit: Int, in tx: ReadTransaction
    ) throws -> [ChangeModel] {
        try tx.rows(
            "SELECT * FROM ticketing_change_model WHERE name > ? ORDER BY name LIMIT ?", name, limit
        ).map(ChangeModel.init(row:))
    }

    static func insert(_ wish: CreateChangeModel, in tx: WriteTransaction) throws -> ChangeModel {
        let model = ChangeModel(
            ref: ChangeModel.ref(try tx.nextID("change_model")), name: wish.name,
            description: wish.description, reason: wish.reason, plan: wish.plan,
            backoutPlan: wish.backoutPlan, testPlan: wish.testPlan, active: true,
            createdAt: tx.now, updatedAt: tx.now, generation: 1)
        try refuseTaken(model, in: tx)
        try tx.execute(
            """
            INSERT INTO ticketing_change_model (name, description, reason, plan, backout_plan,
                test_plan, active, updated_at, generation, id, created_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """, arguments: columns(model) + [model.id, model.createdAt])
        try publish("change.model.created", model, before: nil, in: tx)
        return model
    }

    static func update(
        _ old: ChangeModel, to new: ChangeModel, in tx: WriteTransaction
    ) throws -> ChangeModel {
        guard new != old else { return old }
        try refuseTaken(new, in: tx)
        var model = new
        model.updatedAt = tx.now
        model.generation = old.generation + 1
        try tx.execute(
            """
            UPDATE ticketing_change_model SET name = ?, description = ?, reason = ?, plan = ?,
                backout_plan = ?, test_plan = ?, active = ?, updated_at = ?, generation = ?
            WHERE id = ?
            """, arguments: columns(model) + [model.id])
        try publish("change.model.updated", model, before: old, in: tx)
        return model
    }

    static func delete(_ model: ChangeModel, in tx: WriteTransaction) throws {
        let row = try tx.row(
            "SELECT COUNT(*) AS n FROM ticketing_change WHERE model_id = ?", model.id)
        let count = try row?.int("n") ?? 0
        guard count == 0 else {
            throw RPCError.conflict(
                "\"\(model.name)\" is the model of \(count) changes.",
                hint: "change.model.update with active false takes it out of use.")
        }
        try tx.execute("DELETE FROM ticketing_change_model WHERE id = ?", model.id)
        try tx.unindex(model.ref)
        try tx.audit(
            "change.model.deleted", model.ref, before: try JSON(encoding: model), after: nil)
        try tx.announce("change.model.deleted", model.ref, identity(model))
    }

    private static func columns(_ model: ChangeModel) -> [(any SQLConvertible)?] {
        [
            model.name, model.description, model.reason, model.plan, model.backoutPlan,
            model.testPlan, model.active, model.updatedAt, model.generation,
        ]
    }

    private static func refuseTaken(_ model: ChangeModel, in tx: ReadTransaction) throws {
        guard let holder = try load(model.name, in: tx), holder.ref != model.ref else { return }
        throw RPCError.conflict(
            "There is a model named \"\(model.name)\" already, \(holder.ref).",
            hint: "Choose another name, or change that one with change.model.update.")
    }

    private static func publish(
        _ topic: String, _ model: ChangeModel, before old: ChangeModel?, in tx: WriteTransaction
    ) throws {
        try tx.index(
            SearchDocument(
                ref: model.ref, title: model.name, body: "\(model.description)\n\(model.plan)"))
        try tx.audit(
            topic, model.ref, before: try old.map { try JSON(encoding: $0) },
            after: try JSON(encoding: model))
        try tx.announce(topic, model.ref, identity(model))
    }

    private static func identity(_ model: ChangeModel) -> JSON {
        ["model": .string(model.ref.description), "name": .string(model.name)]
    }
}
