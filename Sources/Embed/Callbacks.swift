internal import Glibc
internal import OpsCore
internal import Synchronization

/// Calls the host's functions, one at a time, and knows who is inside of one.
final class Callbacks: Sendable {
    private let turn = Monitor()
    private let thread = Atomic<UInt>(0)

    /// Whether the caller has been called by the library.
    var isInside: Bool { thread.load(ordering: .relaxed) == Self.current }

    func run<T>(_ body: () -> T) -> T {
        turn.locked {
            thread.store(Self.current, ordering: .relaxed)
            defer { thread.store(0, ordering: .relaxed) }
            return body()
        }
    }

    func call(_ function: HostFunction, _ text: [UInt8]) {
        if !function.isNull { run { function.call(text) } }
    }

    private static var current: UInt { UInt(pthread_self()) }
}
