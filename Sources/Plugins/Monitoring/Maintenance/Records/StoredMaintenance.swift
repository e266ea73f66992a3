internal import OpsCore
internal import OpsJSONRPC

/// A maintenance as the store holds it.
struct StoredMaintenance: Sendable {
    var id: Int
    var definition: MaintenanceDefinition
    var cancelledAt: Instant?
    /// The window that was announced as started and not yet as ended.
    var running: MaintenanceWindow?
    var createdAt: Instant
    var updatedAt: Instant
    var generation: Int

    var ref: Ref { Self.ref(id) }

    static func ref(_ id: Int) -> Ref { Ref("maintenance", id) }
}

extension StoredMaintenance {
    /// Reads a row of `monitoring_maintenance`.
    init(row: Row) throws {
        id = try row.int("id")
        definition = try MaintenanceDefinition(row: row)
        cancelledAt = try row.optionalInstant("cancelled_at")
        if let from = try row.optionalInstant("running_from") {
            running = MaintenanceWindow(startsAt: from, endsAt: try row.instant("running_until"))
        }
        createdAt = try row.instant("created_at")
        updatedAt = try row.instant("updated_at")
        generation = try row.int("generation")
    }
}

extension MaintenanceDefinition {
    fileprivate init(row: Row) throws {
        name = try row.text("name")
        comment = try row.text("comment")
        select = try row.text("selector")
        root = try row.optionalInt("root_check")
        startsAt = try row.instant("starts_at")
        durationMs = try row.int("duration_ms")
        rrule = try row.text("rrule")
        timeZone = try row.text("time_zone")
        exdates = try row.json("exdates").decode([Instant].self)
        rdates = try row.json("rdates").decode([Instant].self)
    }
}
