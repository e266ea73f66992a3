import Glibc

/// A lock on which threads can also wait for a change, which `Synchronization.Mutex` cannot do.
///
/// `@unchecked Sendable`: POSIX mutexes and conditions are made to be shared by threads; their
/// memory does not move.
package final class Monitor: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

    package init() {
        pthread_mutex_init(self.mutex, nil)
        pthread_cond_init(self.condition, nil)
    }

    deinit {
        pthread_cond_destroy(self.condition)
        pthread_mutex_destroy(self.mutex)
        self.condition.deallocate()
        self.mutex.deallocate()
    }

    /// Runs `body` with the lock held; not to be nested.
    package func locked<T>(_ body: () throws -> T) rethrows -> T {
        pthread_mutex_lock(self.mutex)
        defer { pthread_mutex_unlock(self.mutex) }
        return try body()
    }

    /// Waits for a wake-up; only inside of `locked`, which is left meanwhile.
    package func wait() {
        pthread_cond_wait(self.condition, self.mutex)
    }

    func wakeOne() {
        pthread_cond_signal(self.condition)
    }

    /// Wakes all threads that wait.
    package func wakeAll() {
        pthread_cond_broadcast(self.condition)
    }
}
