/// One element of what a peer sent.
public enum Incoming: Sendable, Equatable {
    /// A call or a notification.
    case request(Request)
    /// The answer to a call of our own.
    case response(Response)
    /// Something that must be answered with this error and this id.
    case invalid(id: RequestID, RPCError)
}
