internal import OpsCore
internal import OpsJSONRPC

/// What the settings say, read and found right.
struct TicketingPolicy: Sendable {
    let matrix: PriorityMatrix
    let fields: CustomFields
    let intake: IntakeRules
    let changes: ChangePolicy
    /// What answers to what happens to tickets.
    let triggers: TriggerShelf
    /// How many tickets one import may bring.
    let maxImportRecords: Int
    /// How many bytes a file may have.
    let maxAttachmentBytes: Int

    /// - Throws: `invalid_params` that names the setting and the place in it.
    init(
        _ settings: TicketingSettings, _ triggers: TriggerShelf = TriggerShelf()
    ) throws(RPCError) {
        self.triggers = triggers
        matrix = try PriorityMatrix(settings.priorityMatrix)
        fields = try CustomFields(settings.fields)
        intake = try IntakeRules(settings.intake)
        changes = try ChangePolicy(settings.changeApprovals)
        maxImportRecords = settings.maxImportRecords
        maxAttachmentBytes = settings.maxAttachmentBytes
    }
}
