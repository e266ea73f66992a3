/// One caller's piece of work, waiting for the writer.
struct WritePiece: Sendable {
    /// Tells the caller that the work is committed; called once, after the commit.
    typealias Answer = @Sendable () -> Void

    let author: Principal
    let reason: String
    let isAudited: Bool
    /// Does the work and answers how to tell its caller.
    let work: @Sendable (WriteTransaction) throws -> Answer
    /// Tells the caller that nothing was written.
    let fail: @Sendable (any Error) -> Void
}
