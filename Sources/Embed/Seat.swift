internal import Glibc
internal import OpsCore

/// Who drives the loop of an instance that its host steps.
final class Seat: Sendable {
    private struct State {
        /// The thread that is in the loop; 0 when there is none.
        var driver: UInt = 0
        /// The thread that was in it last: the one whose job it is.
        var owner: UInt = 0
    }

    private let state = Guarded(State())

    /// Whether driving the loop is the calling thread's job.
    var isMine: Bool { state.withLock { $0.owner == Self.current } }

    /// Runs `body` as the driver.
    ///
    /// - Throws: `EBUSY` when there is one already.
    func drive<T>(_ body: () throws(EmbedError) -> T) throws(EmbedError) -> T {
        let me = Self.current
        let isFree = state.withLock { state in
            guard state.driver == 0 else { return false }
            state = State(driver: me, owner: me)
            return true
        }
        guard isFree else { throw .busy("another thread drives the loop") }
        defer { state.withLock { $0.driver = 0 } }
        return try body()
    }

    private static var current: UInt { UInt(pthread_self()) }
}
