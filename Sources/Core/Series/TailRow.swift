/// A finished row of the tail, under the number that it has in the store.
struct TailRow: Sendable {
    let id: Int64
    /// Still without its checksum, which is not computed while samples wait to be appended.
    let writer: TailWriter
}
