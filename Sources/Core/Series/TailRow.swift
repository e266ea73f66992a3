/// A finished row of the tail, under the number that it has in the store.
struct TailRow: Sendable {
    let id: Int64
    let bytes: [UInt8]
    let count: Int
}
