internal import OpsCore
internal import OpsJSONRPC

/// A check in general: for every target that it matches there is one.
///
/// Its strings may hold ``Placeholders``. A check that it makes is called `TARGET/TEMPLATE` and has
/// the labels of the target, and on top those of the template.
///
/// An object, because every check that it makes refers to it.
final class CheckTemplate: Sendable, Equatable {
    let name: String
    /// For which targets there is a check.
    let selector: LabelSelector
    /// The members of `check.create` but for the name, as they were given.
    let given: JSON.Object
    /// The check in general.
    let check: CheckDefinition
    /// Of the check in general, ready to be read without counting references to it.
    let type: String
    let pace: CheckDefinition.Pace
    /// The members that a target fills.
    let places: [String]
    /// The rules of all its checks; nil when they differ, or make no sense.
    let rules: Shared<StateRules>?
    /// Whether a target fills a label's value.
    let fillsLabels: Bool
    /// The labels that a target must have.
    private let needs: Set<String>
    private let catalog: CheckCatalog
    /// Whether a target fills something of the policy about states.
    let fillsPolicy: Bool
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
        guard check.labels[TargetDefinition.label] == nil else {
            throw .badMember(
                "labels.\(TargetDefinition.label)", "is the label that names the target")
        }
        type = check.type
        pace = CheckDefinition.Pace(
            intervalMs: check.intervalMs, retryIntervalMs: check.retryIntervalMs,
            timeoutMs: check.timeoutMs, maxAttempts: check.maxAttempts)
        labels = try Self.placeholders(check.labels.sorted { $0.key < $1.key }) { name, value in
            ("labels.\(name)", .string(value))
        }
        members = try Self.placeholders(Array(check.members)) { ($0, $1) }
        places = members.filter { !$0.value.isConstant }.map(\.key)
        policy = try Self.placeholders(Array(check.policy)) { ($0, $1) }
        fillsLabels = labels.contains { !$0.value.isConstant }
        needs = (labels + members + policy).reduce(into: []) { $0.formUnion($1.value.labels) }
        catalog = reader.catalog
        // What makes no sense is said when the checks are judged.
        fillsPolicy = policy.contains { !$0.value.isConstant }
        rules = fillsPolicy ? nil : (try? check.rules()).map(Shared.init)
    }

    static func == (left: CheckTemplate, right: CheckTemplate) -> Bool {
        left === right
            || left.name == right.name && left.selector == right.selector
                && left.given == right.given
    }

    /// The check for a target.
    ///
    /// - Throws: `invalid_params` that names the member which the target cannot fill.
    func check(for target: TargetDefinition) throws(RPCError) -> CheckDefinition {
        if needs.contains(where: { target.labels[$0] == nil }) { try refuse(target) }
        return CheckDefinition(madeBy: self, for: target)
    }

    /// Says which member lacks what.
    private func refuse(_ target: TargetDefinition) throws(RPCError) {
        for (name, value) in labels { _ = try value.filled(for: target, at: "labels.\(name)") }
        for (name, value) in members + policy { _ = try value.filled(for: target, at: name) }
    }

    // MARK: - What a target fills

    func labels(for target: TargetDefinition) -> [String: String] {
        guard !labels.isEmpty else { return target.checkLabels }
        var filled = target.checkLabels
        for (name, value) in labels { filled[name] = Self.filled(value, target).string }
        return filled
    }

    func policy(for target: TargetDefinition) -> JSON.Object {
        var filled = check.policy
        for (name, value) in policy where !value.isConstant {
            let text = Self.filled(value, target)
            filled[name] = StatePolicy.fields.first { $0.name == name }?.typed(text) ?? text
        }
        return filled
    }

    func members(for target: TargetDefinition) -> JSON.Object {
        var filled = check.members
        for name in places { filled[name] = member(name, for: target) }
        return filled
    }

    /// One of the members in ``places``.
    func member(_ name: String, for target: TargetDefinition) -> JSON? {
        guard let value = members.first(where: { $0.key == name })?.value else { return nil }
        return catalog.typed(Self.filled(value, target), as: name, of: check.type)
    }

    /// The target has every label that is asked for: ``check(for:)`` has looked.
    private static func filled(_ value: Placeholders, _ target: TargetDefinition) -> JSON {
        (try? value.filled(for: target, at: "")) ?? .null
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
