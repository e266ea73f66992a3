/// The answer to a request.
public struct Response: Sendable, Equatable {
    /// The id of the request.
    public var id: RequestID
    /// What came of it.
    public var result: Result<JSON, RPCError>

    /// Makes a response.
    public init(id: RequestID, result: Result<JSON, RPCError>) {
        self.id = id
        self.result = result
    }
}
