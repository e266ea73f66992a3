import Synchronization

/// Does something at the nth tick.
final class Countdown: Sendable {
    private let rest: Atomic<Int>
    private let atZero: @Sendable () -> Void

    init(_ count: Int, _ atZero: @escaping @Sendable () -> Void) {
        rest = Atomic(count)
        self.atZero = atZero
    }

    func tick() {
        if rest.subtract(1, ordering: .relaxed).newValue == 0 { atZero() }
    }
}
