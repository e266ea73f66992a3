/// The samples of many series over a stretch of time, packed, with what is needed to find them.
struct Block: Sendable, Hashable {
    let startAt: Int64
    let endAt: Int64
    /// How many samples it holds.
    let count: Int
    let bytes: [UInt8]
}
