internal import OpsCore
internal import OpsJSONRPC

/// A check in general: for every target that it matches there is one.
///
/// Its strings may hold ``Placeholders``. A check that it makes is called `TARGET/TEMPLATE` and has
/// the labels of the target, and on top those of the template.
struct CheckTemplate: Sendable, Equatable {
    let name: String
    /// For which targets there is a check.
    let selector: LabelSelector
    /// The members of `check.create` but for the name, as they were given.
    let given: JSON.Object
    /// The check in general.
    let check: CheckDefinition
    private let labels: [(key: String, value: Placeholders)]
    private let members: [(key: String, value: Placeholders)]
    private let policy: [(key: String, value: Placeholders)]

    /// - Throws: `invalid_params` that names what makes no sense whatever the target is.
    init(
        name: String, match: String, given: JSON.Object, _ reader: CheckReader
    ) throws(RPCError) {
        self.name = name
        self.given = given
        selector = try LabelSelector(match, member: "match")
        var wish = given
        wish["name"] = .string(name)
        check = try reader.unvalidated(.object(wish))
        labels = try Self.placeholders(check.labels.sorted { $0.key < $1.key }) { name, value in
            ("labels.\(name)", .string(value))
        }
        members = try Self.placeholders(Array(check.members)) { ($0, $1) }
        policy = try Self.placeholders(Array(check.policy)) { ($0, $1) }
    }

    static func == (left: CheckTemplate, right: CheckTemplate) -> Bool {
        left.name == right.name && left.selector == right.selector && left.given == right.given
    }

    /// The check for a target.
    ///
    /// - Parameter base: The target's own labels for checks, made once for all of them.
    /// - Throws: `invalid_params` that names the member which the target cannot fill.
    func check(
        for target: TargetDefinition, labels base: [String: String], by catalog: CheckCatalog
    ) throws(RPCError) -> CheckDefinition {
        var check = self.check
        check.name = "\(target.name)/\(name)"
        check.labels = base
        for (name, value) in labels {
            check.labels[name] = try value.filled(for: target, at: "labels.\(name)").string
        }
        for (name, value) in members where !value.isConstant {
            let filled = try value.filled(for: target, at: name)
            check.members[name] = catalog.typed(filled, as: name, of: check.type)
        }
        for (name, value) in policy where !value.isConstant {
            check.policy[name] = try value.filled(for: target, at: name)
        }
        return check
    }

    private static func placeholders<Value>(
        _ members: [(key: String, value: Value)], _ place: (String, Value) -> (String, JSON)
    ) throws(RPCError) -> [(key: String, value: Placeholders)] {
        try members.map { member throws(RPCError) in
            let (path, value) = place(member.key, member.value)
            return (member.key, try Placeholders(value, at: path))
        }
    }
}

/// A template as the store holds it.
struct StoredTemplate: Sendable {
    var id: Int
    var template: CheckTemplate
    var createdAt: Instant
    var updatedAt: Instant
    var generation: Int

    var ref: Ref { Self.ref(id) }

    static func ref(_ id: Int) -> Ref { Ref("check_template", id) }
}

extension StoredTemplate {
    /// Reads a row of `monitoring_template`.
    init(row: Row, _ reader: CheckReader) throws {
        id = try row.int("id")
        template = try CheckTemplate(
            name: try row.text("name"), match: try row.text("selector"),
            given: try row.json("members").object ?? [:], reader)
        createdAt = try row.instant("created_at")
        updatedAt = try row.instant("updated_at")
        generation = try row.int("generation")
    }
}

/// A template as callers see it: its selector, and the members that were given.
struct Template: Codable, Sendable {
    let members: JSON.Object

    init(from decoder: any Decoder) throws {
        members = try decoder.singleValueContainer().decode(JSON.self).object ?? [:]
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(JSON.object(members))
    }
}

extension Template {
    init(_ stored: StoredTemplate, checks: Int, catalog: CheckCatalog) {
        var members: JSON.Object = ["ref": .string(stored.ref.description)]
        for (name, value) in stored.template.shown(by: catalog) { members[name] = value }
        members["checks"] = .number(JSON.Number(checks))
        members["created_at"] = .string(stored.createdAt.description)
        members["updated_at"] = .string(stored.updatedAt.description)
        members["generation"] = .number(JSON.Number(stored.generation))
        self.members = members
    }
}

extension CheckTemplate {
    /// The template as people may see it and write it: secrets covered.
    func shown(by catalog: CheckCatalog) -> JSON.Object {
        var shown: JSON.Object = ["name": .string(name), "match": .string(selector.text)]
        for (name, value) in given {
            shown[name] =
                catalog.isSecret(name, of: check.type) ? .string(CheckCatalog.cover) : value
        }
        return shown
    }
}

extension Template: Schematic {
    static var schema: JSON.Object {
        let (text, number, time) = (String.schema, Int.schema, Instant.schema)
        let names: [(String, JSON.Object)] = [
            ("ref", text), ("name", text), ("match", text), ("type", text),
            ("labels", [String: String].schema), ("checks", number), ("created_at", time),
            ("updated_at", time), ("generation", number),
        ]
        return [
            "type": "object",
            "properties": .object(JSON.Object(names.map { ($0, .object($1)) })),
            "required": ["ref", "name", "match", "type", "checks", "generation"],
        ]
    }
}
