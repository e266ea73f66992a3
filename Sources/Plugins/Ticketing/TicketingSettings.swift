public import OpsCore

/// What `plugins.json` may say under the plugin's `config`.
public struct TicketingSettings: Declared {
    /// The priority of each impact and urgency.
    @Param(
        "The priority, 1 to 5, of each impact (rows) and urgency (columns), from high to low.")
    public var priorityMatrix: [[Int]] = [[1, 2, 3], [2, 3, 4], [3, 4, 5]]

    /// Who agrees to which changes.
    @Param(
        "Who agrees to changes of low, medium and high risk and to emergency ones: how many are "
            + "needed, of whom (anyone but the requester when the list is empty).")
    var changeApprovals: [String: ChangePolicy.Rule] = ChangePolicy.standard

    /// Makes the default settings.
    public init() {}
}
