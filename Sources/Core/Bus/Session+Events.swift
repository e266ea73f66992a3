internal import OpsJSONRPC

extension Session {
    /// Reads the text back, for a connection that takes its notifications as values.
    public func notify(written head: [UInt8], _ tail: [UInt8]) {
        // What is handed over was written by us a moment ago.
        guard let message = try? JSON.parse(head + tail), let method = message["method"]?.string
        else { return }
        notify(method, message["params"] ?? .null)
    }

    /// Calls `body` at once: a connection without a queue of its own always has room.
    public func whenQueued(below bytes: Int, _ body: @escaping @Sendable () -> Void) { body() }
}
