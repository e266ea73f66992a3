internal import OpsCore
internal import OpsJSONRPC

/// An SLO as the store holds it.
struct StoredSLO: Sendable {
    var id: Int
    var definition: SLODefinition
    /// Since when it is counted by its indicator, and the how-manieth indicator that is.
    var countedSince: Instant
    var revision: Int
    /// Since when each of the four alerts fires.
    var firingSince: [Instant?]
    var createdAt: Instant
    var updatedAt: Instant
    var generation: Int

    var ref: Ref { Self.ref(id) }

    static func ref(_ id: Int) -> Ref { Ref("slo", id) }
}

extension StoredSLO {
    /// Reads a row of `monitoring_slo`.
    init(row: Row) throws {
        id = try row.int("id")
        definition = try SLODefinition(stored: row.json("definition").object ?? [:])
        countedSince = try row.instant("counted_since")
        revision = try row.int("revision")
        firingSince = try row.json("firing_since").decode([Instant?].self)
        createdAt = try row.instant("created_at")
        updatedAt = try row.instant("updated_at")
        generation = try row.int("generation")
    }
}
