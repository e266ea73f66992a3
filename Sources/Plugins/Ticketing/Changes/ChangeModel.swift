internal import OpsCore
internal import OpsJSONRPC

/// A kind of change that was agreed to once and for all, with all that is written about it.
struct ChangeModel: Codable, Sendable, Equatable {
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

    static func ref(_ id: Int) -> Ref { Ref("change_model", id) }

    /// The number behind the ref.
    var id: Int { Int(ref.key) ?? 0 }
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
