/// One frame of what a peer sent.
public enum Message: Sendable, Equatable {
    /// One element, answered by one object.
    case single(Incoming)
    /// Several elements, answered by one array, in order; by nothing when none wants an answer.
    case batch([Incoming])
    /// `[]`, answered by one object: `RPCError.invalidRequest`, id null.
    case emptyBatch
    /// More elements than allowed, answered by an array of one error with the id of the first
    /// call that has one. None of the elements is carried out.
    case batchTooLarge(id: RequestID)
}
