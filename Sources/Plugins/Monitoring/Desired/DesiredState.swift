internal import OpsCore
internal import OpsJSONRPC

/// What somebody wants to be watched, as a whole: targets, templates, and checks of their own.
///
/// A list that is absent leaves its records as they are; one that is there says all of them.
struct DesiredState: Sendable {
    var targets: [TargetDefinition]?
    var templates: [CheckTemplate]?
    var checks: [CheckDefinition]?

    /// Reads the state as it stands in a file.
    ///
    /// - Throws: `invalid_params` that names everything that is wrong, by paths such as
    ///   `templates[2].url`.
    init(_ members: JSON.Object, _ reader: CheckReader) throws(RPCError) {
        var wrong: [RPCError.FieldError] = []
        let lists = ["targets", "templates", "checks"]
        for name in members.keys where !lists.contains(name) {
            wrong.append(
                .init(path: name, reason: "is none of \(lists.joined(separator: ", "))"))
        }
        targets = Self.list("targets", members, &wrong, \.name) { json throws(RPCError) in
            try Self.target(json)
        }
        templates = Self.list("templates", members, &wrong, \.name) { json throws(RPCError) in
            try Self.template(json, reader)
        }
        checks = Self.list("checks", members, &wrong, \.name) { json throws(RPCError) in
            // Judged by the plan, which knows the secrets that stand covered here.
            try reader.unvalidated(json)
        }
        guard wrong.isEmpty else { throw .badMembers(wrong) }
    }

    private static let targetFields = FieldSet(CreateTarget.self)

    private static func target(_ json: JSON) throws(RPCError) -> TargetDefinition {
        try TargetDefinition(try targetFields.decode(json))
    }

    private static func template(
        _ json: JSON, _ reader: CheckReader
    ) throws(RPCError) -> CheckTemplate {
        guard var given = json.object else { throw .badMember("", "is no object") }
        guard let name = given["name"]?.string, CheckName.isValid(name) else {
            throw .badMember("name", "is required and may hold letters, digits, . _ - and spaces")
        }
        guard let match = given["match"].map({ $0.string }) ?? "" else {
            throw .badMember("match", "must be a text")
        }
        given["name"] = nil
        given["match"] = nil
        return try CheckTemplate(name: name, match: match, given: given, reader)
    }

    /// Reads a list and collects what is wrong with it.
    private static func list<Value>(
        _ name: String, _ members: JSON.Object, _ wrong: inout [RPCError.FieldError],
        _ key: (Value) -> String, _ read: (JSON) throws(RPCError) -> Value
    ) -> [Value]? {
        guard let json = members[name], !json.isNull else { return nil }
        guard let items = json.array else {
            wrong.append(.init(path: name, reason: "must be a list"))
            return nil
        }
        var names: Set<String> = []
        var values: [Value] = []
        values.reserveCapacity(items.count)
        for (index, item) in items.enumerated() {
            do throws(RPCError) {
                let value = try read(item)
                guard names.insert(key(value)).inserted else {
                    throw .badMember("name", "stands twice in the list")
                }
                values.append(value)
            } catch {
                wrong += error.moved(under: "\(name)[\(index)]").fields
            }
        }
        return values
    }
}

extension TargetDefinition {
    convenience init(_ wish: CreateTarget) throws(RPCError) {
        let wrong = CheckDefinition.badLabels(wish.labels)
        guard wrong.isEmpty else { throw .badMembers(wrong) }
        guard wish.labels[Self.label] == nil else {
            throw .badMember("labels.\(Self.label)", "is the target's name, for all of its checks")
        }
        self.init(name: wish.name, address: wish.address ?? wish.name, labels: wish.labels)
    }
}
