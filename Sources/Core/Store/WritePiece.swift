/// One caller's piece of work, waiting for the writer.
struct WritePiece: Sendable {
    /// What becomes of the work.
    enum Kind: Sendable {
        /// It is committed, with an entry in the audit log.
        case audited
        /// It is committed; an entry in the audit log is up to it.
        case unaudited
        /// It is rolled back as soon as it has succeeded.
        case rehearsal
    }

    /// Tells the caller that the work is committed; called once, after the commit.
    typealias Answer = @Sendable () -> Void

    let author: Principal
    let reason: String
    /// The call on whose behalf it is done, where there is one.
    var call: CallName?
    let kind: Kind
    /// Does the work and answers how to tell its caller.
    let work: @Sendable (WriteTransaction) throws -> Answer
    /// Tells the caller that nothing was written.
    let fail: @Sendable (any Error) -> Void
}
