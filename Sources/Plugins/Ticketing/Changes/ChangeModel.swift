internal import OpsCore
internal import OpsJSONRPC

/// A kind of change that was agreed to once and for all, with all that is written about it.
struct ChangeModel: Record {
    static let kind = RecordKind(
        "change_model", called: "model of changes", methods: "change.model", member: "model")

    var ref: Ref
    var name: String
    var description: String
    var reason: String
    var plan: String
    var backoutPlan: String
    var testPlan: String
    /// Whether new changes may follow it.
    var active: Bool
    var createdAt: Instant
    var updatedAt: Instant
    var generation: Int
}

extension ChangeModel {
    /// Reads a row of `ticketing_change_model`.
    init(row: Row) throws {
        ref = Self.ref(try row.int("id"))
        name = try row.text("name")
        description = try row.text("description")
        reason = try row.text("reason")
        plan = try row.text("plan")
        backoutPlan = try row.text("backout_plan")
        testPlan = try row.text("test_plan")
        active = try row.bool("active")
        createdAt = try row.instant("created_at")
        updatedAt = try row.instant("updated_at")
        generation = try row.int("generation")
    }
}

extension ChangeModel {
    var text: String { "\(description)\n\(plan)" }

    func columns(in tx: ReadTransaction) -> KeyValuePairs<String, (any SQLConvertible)?> {
        [
            "description": description, "reason": reason, "plan": plan,
            "backout_plan": backoutPlan, "test_plan": testPlan, "active": active,
        ]
    }

    func refuseUsed(in tx: ReadTransaction) throws {
        let row = try tx.row("SELECT COUNT(*) AS n FROM ticketing_change WHERE model_id = ?", id)
        guard let count = try row?.int("n"), count > 0 else { return }
        throw RPCError.conflict(
            "\"\(name)\" is the model of \(count) changes.",
            hint: "change.model.update with active false takes it out of use.")
    }
}
