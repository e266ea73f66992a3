/// How the incoming side of a stream ended.
public enum StreamEnd: Sendable, Equatable {
    /// The peer sends no more. It may still read, so an answer can be written.
    case endOfFile
    /// The connection is gone in both directions: reset, or a write failed, or the loop stops.
    case failed(LoopError)
}
