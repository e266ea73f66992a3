import Glibc

@testable import OpsCore

/// A thread that is not a loop's.
final class Outsider {
    private let thread: pthread_t

    init(_ body: @escaping @Sendable () -> Void) throws {
        self.thread = try LoopThread.start(name: "outsider", body)
    }

    func join() {
        pthread_join(self.thread, nil)
    }
}
