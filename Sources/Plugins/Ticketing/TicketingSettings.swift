public import OpsCore
public import OpsJSONRPC

/// What `plugins.json` may say under the plugin's `config`.
public struct TicketingSettings: Declared {
    /// The priority of each impact and urgency.
    @Param(
        "The priority, 1 to 5, of each impact (rows) and urgency (columns), from high to low.")
    public var priorityMatrix: [[Int]] = [[1, 2, 3], [2, 3, 4], [3, 4, 5]]
    /// The members that an installation gives its tickets.
    @Param(
        "Fields of your own: name, type (text, number, boolean, date, choice), kinds, required, "
            + "options.")
    public var fields: [JSON] = []
    /// Which failures of checks become incidents.
    @Param(
        "Which failures of checks become incidents; the first rule that matches counts: labels, "
            + "states, opens, title, queue, impact, urgency, joins (item), resolves, "
            + "reopens_within_ms.")
    public var intake: [JSON] = []
    /// How large a file may be.
    @Param(
        "How many bytes a file of a ticket may have; it comes in base64, which takes a third more, "
            + "within one request (max_frame_bytes).",
        .range(1...100_000_000))
    public var maxAttachmentBytes: Int = 3_000_000
    /// How many tickets one import may bring.
    @Param(
        "How many tickets one import may bring; it is one transaction, and other writes wait for it.",
        .range(1...1_000_000))
    public var maxImportRecords: Int = 100_000
    /// Who agrees to which changes.
    @Param(
        "Who agrees to changes of low, medium and high risk and to emergency ones: how many are "
            + "needed, of whom (anyone but the requester when the list is empty).")
    var changeApprovals: [String: ChangePolicy.Rule] = ChangePolicy.standard

    /// Makes the default settings.
    public init() {}
}
