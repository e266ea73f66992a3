/// A chunk under the number that its row has or will have.
///
/// Numbers ascend in the order in which chunks were closed, so that of two samples of the same
/// instant the one in the chunk with the higher number is the newer.
struct ClosedChunk: Sendable {
    let id: Int64
    let chunk: Chunk
}
