internal import OpsCore
internal import OpsJSONRPC

/// Reads checks as somebody wrote them: the members of `check.create`.
struct CheckReader: Sendable {
    let catalog: CheckCatalog
    private let fields: FieldSet<CreateCheck>
    private let minIntervalMs: Int

    init(_ catalog: CheckCatalog, minIntervalMs: Int) {
        self.catalog = catalog
        self.minIntervalMs = minIntervalMs
        fields = FieldSet(CreateCheck.self, extra: catalog.allFields)
    }

    /// The members beside the name, for methods that take a check in general.
    var memberFields: [FieldSpec] { fields.fields.filter { $0.name != "name" } }

    /// Reads a check and refuses what makes no sense.
    func check(_ json: JSON) throws(RPCError) -> CheckDefinition {
        let definition = try unvalidated(json)
        try validate(definition)
        return definition
    }

    /// Reads a check whose own members may still hold ``Placeholders``.
    func unvalidated(_ json: JSON) throws(RPCError) -> CheckDefinition {
        CheckDefinition(try fields.decode(json))
    }

    func validate(_ definition: CheckDefinition) throws(RPCError) {
        _ = try definition.validated(by: catalog, minIntervalMs: minIntervalMs)
    }

    /// Refuses what makes no sense in a check of a template of which another check is good, when
    /// nothing else depends on the members in which they differ.
    func validate(
        _ template: CheckTemplate, for target: TargetDefinition
    ) throws(RPCError) {
        // The labels of both were held against the rules already, but for those that are filled.
        let most = target.checkLabels.count + template.check.labels.count
        if template.fillsLabels || most > CheckDefinition.maxLabels {
            let wrong = CheckDefinition.badLabels(template.labels(for: target))
            guard wrong.isEmpty else { throw .badMembers(wrong) }
        }
        for name in template.places {
            guard let value = template.member(name, for: target) else { continue }
            try catalog.judge(value, as: name, of: template.check.type)
        }
    }
}
