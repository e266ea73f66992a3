internal import OpsCore
internal import OpsJSONRPC

/// What the settings say, read and found right.
struct TicketingPolicy: Sendable {
    let matrix: PriorityMatrix
    let fields: CustomFields
    let intake: IntakeRules
    let changes: ChangePolicy
    /// How many tickets one import may bring.
    let maxImportRecords: Int

    /// - Throws: `invalid_params` that names the setting and the place in it.
    init(_ settings: TicketingSettings) throws(RPCError) {
        matrix = try PriorityMatrix(settings.priorityMatrix)
        fields = try CustomFields(settings.fields)
        intake = try IntakeRules(settings.intake)
        changes = try ChangePolicy(settings.changeApprovals)
        maxImportRecords = settings.maxImportRecords
    }
}
