/// One piece of work in a pool and the task that waits for it.
///
/// `@unchecked Sendable`: `work` is touched only while the pool's monitor is held.
final class WorkItem: @unchecked Sendable {
    private var work: Work?

    struct Work: Sendable {
        /// Runs the body and tells the one who waits.
        let run: @Sendable () -> Void
        /// Tells the one who waits that the body will not run.
        let drop: @Sendable (any Error) -> Void
    }

    func set(_ work: Work) {
        self.work = work
    }

    /// Takes the work out: whoever gets it runs or drops it, and nobody else does.
    func take() -> Work? {
        self.work.take()
    }
}
