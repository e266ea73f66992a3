/// The end of the tail as a checkpoint found it: everything up to there goes to blocks.
struct CoveredTail: Sendable {
    /// The number of its last row.
    let id: Int64
    /// The bytes of its rows.
    let bytes: Int
}
