@testable import OpsCore

/// Holds a thread up until the test opens it.
final class Gate: @unchecked Sendable {
    // @unchecked Sendable: `isOpen` is touched only while `monitor` is held.
    private let monitor = Monitor()
    private let arrived = Promise<Void>()
    private var isOpen = false

    func wait() {
        self.arrived.keep()
        self.monitor.locked { while !self.isOpen { self.monitor.wait() } }
    }

    func open() {
        self.monitor.locked {
            self.isOpen = true
            self.monitor.wakeAll()
        }
    }

    func someoneWaits() async {
        await self.arrived.value
    }
}

extension WorkerPool {
    /// Waits until that many pieces of work wait for a thread.
    func untilWaiting(_ count: Int) async {
        while self.waiting < count { await Task.yield() }
    }
}
