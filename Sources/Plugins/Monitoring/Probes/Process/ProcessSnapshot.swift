/// What was read about the processes of a check.
struct ProcessSnapshot: Sendable, Equatable {
    /// Why nothing could be read, or what is missing.
    var obstacle: String?
    /// What stands in the way of finding the processes, such as a file with a number that is gone.
    var remark: String?
    var processes: [ProcessEntry] = []
    /// For how long the machine runs; nil when it does not say.
    var uptimeSeconds: Double?
}
