public import OpsJSONRPC

extension StoreError: WireRepresentable {
    /// What a caller is told when the store could not do it.
    public var rpcError: RPCError {
        switch code {
        case .full: .storageFull("The disk is full: nothing was stored.")
        case .constraint: .conflict("The write would break a rule of the records.")
        case .invalidArgument: .invalidParams(message)
        default:
            .storageFailed("The database failed (\(code.rawValue)); the daemon's log says more.")
        }
    }
}

extension SeriesError: WireRepresentable {
    /// What a caller is told when a query or a series was refused.
    public var rpcError: RPCError {
        .invalidParams(hint.map { "\(message); \($0)" } ?? message)
    }
}
