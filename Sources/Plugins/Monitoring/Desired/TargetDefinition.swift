internal import OpsCore
internal import OpsJSONRPC

/// What somebody said about a target: something that templates make checks for.
///
/// An object, because every check that is made for it refers to it.
final class TargetDefinition: Sendable, Equatable {
    let name: String
    /// A host name or an address; the target's name when nobody gave one.
    let address: String
    let labels: [String: String]
    /// The labels that each check of the target has.
    let checkLabels: [String: String]

    /// The label by which all checks of a target are found.
    static let label = "target"

    init(name: String, address: String, labels: [String: String]) {
        self.name = name
        self.address = address
        self.labels = labels
        checkLabels = labels.merging([Self.label: name]) { _, name in name }
    }

    static func == (left: TargetDefinition, right: TargetDefinition) -> Bool {
        left === right
            || left.name == right.name && left.address == right.address
                && left.labels == right.labels
    }
}

/// A target as the store holds it.
struct StoredTarget: Sendable {
    var id: Int
    var definition: TargetDefinition
    var createdAt: Instant
    var updatedAt: Instant
    var generation: Int

    var ref: Ref { Self.ref(id) }

    static func ref(_ id: Int) -> Ref { Ref("target", id) }
}

extension StoredTarget {
    /// Reads a row of `monitoring_target`.
    init(row: Row) throws {
        id = try row.int("id")
        definition = TargetDefinition(
            name: try row.text("name"), address: try row.text("address"),
            labels: (try row.json("labels").object ?? [:]).texts)
        createdAt = try row.instant("created_at")
        updatedAt = try row.instant("updated_at")
        generation = try row.int("generation")
    }
}

/// A target as callers see it.
struct Target: Codable, Sendable {
    var ref: Ref
    var name: String
    var address: String
    var labels: [String: String]
    /// How many checks templates make for it.
    var checks: Int
    var createdAt: Instant
    var updatedAt: Instant
    var generation: Int
}

extension Target {
    init(_ stored: StoredTarget, checks: Int) {
        ref = stored.ref
        name = stored.definition.name
        address = stored.definition.address
        labels = stored.definition.labels
        self.checks = checks
        createdAt = stored.createdAt
        updatedAt = stored.updatedAt
        generation = stored.generation
    }
}
