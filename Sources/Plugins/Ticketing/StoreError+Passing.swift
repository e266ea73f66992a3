internal import OpsCore

extension StoreError {
    /// Whether something may go well later: the world was in the way, or the plugin stops.
    static func isPassing(_ error: any Error) -> Bool {
        guard let error = error as? StoreError else { return error is CancellationError }
        return [.full, .io, .closed, .locked, .corrupt, .permission].contains(error.code)
    }
}
