/// Why a worker pool did not take a piece of work.
public enum WorkerPoolError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The pool has stopped or is about to.
    case stopped(pool: String)
    /// Too much waits already; the work was not started.
    case full(pool: String, waiting: Int)

    /// One line for a person.
    public var description: String {
        switch self {
        case .stopped(let pool): "the worker pool \(pool) has stopped"
        case .full(let pool, let waiting):
            "the worker pool \(pool) is busy and \(waiting) pieces of work wait already"
        }
    }
}
