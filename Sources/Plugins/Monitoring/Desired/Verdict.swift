internal import OpsCore
internal import OpsJSONRPC

/// What one thread finds out while another, which has to know in the end, does its own work.
///
/// `@unchecked Sendable`: `error` and `isKnown` are touched only while `monitor` is held.
final class Verdict: @unchecked Sendable {
    private let monitor = Monitor()
    private var isKnown = false
    private var error: (any Error)?

    /// Says how it ended.
    func give(_ error: (any Error)?) {
        monitor.locked {
            self.error = error
            isKnown = true
            monitor.wakeAll()
        }
    }

    /// Waits until it is known, and throws what was wrong.
    func wait() throws {
        let error = monitor.locked {
            while !isKnown { monitor.wait() }
            return self.error
        }
        if let error { throw error }
    }
}
