import OpsCore

/// A disk that is full while a test says so: every write fails at its commit.
final class Outage: Sendable {
    private let isOn = Guarded(false)

    func begin() { isOn.withLock { $0 = true } }
    func end() { isOn.withLock { $0 = false } }

    /// To be called before each statement of a write.
    func strike(_ sql: String) throws {
        guard isOn.withLock({ $0 }) else { return }
        throw StoreError(.full, "there is no space left")
    }
}
