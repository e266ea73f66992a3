/// A value that several threads share, each alone with it for a moment.
///
/// It does what `Synchronization.Mutex` does. That one takes its lock inside of a library that the
/// thread sanitizer does not see into (Swift 6.3, Linux), so that every use is reported as a race;
/// this one stands on a POSIX lock, which the sanitizer knows.
///
/// Where there is no value to guard, only something to do alone, ``Monitor`` does: a value without bytes
/// lies where the lock does, and the thread sanitizer takes the one for the other.
///
/// `@unchecked Sendable`: `value` is touched only while `monitor` is held.
public final class Guarded<Value: Sendable>: @unchecked Sendable {
    private let monitor = Monitor()
    private var value: Value

    /// Makes the value shared.
    public init(_ value: Value) {
        self.value = value
    }

    /// Runs `body` with the value, which nobody else has meanwhile; not to be nested.
    public func withLock<Result>(_ body: (inout Value) throws -> Result) rethrows -> Result {
        try self.monitor.locked { try body(&self.value) }
    }
}
