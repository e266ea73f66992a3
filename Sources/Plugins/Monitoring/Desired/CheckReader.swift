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

    /// Reads a check whose own members may still hold ``Placeholders``.
    func unvalidated(_ json: JSON) throws(RPCError) -> CheckDefinition {
        CheckDefinition(try fields.decode(json))
    }

    func validate(_ definition: CheckDefinition) throws(RPCError) {
        _ = try definition.validated(by: catalog, minIntervalMs: minIntervalMs)
    }
}
