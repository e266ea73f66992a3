import Dispatch

extension DispatchSemaphore {
    /// Waits on a thread of its own, so that no task's thread is blocked.
    func waited() async {
        await withCheckedContinuation { continuation in
            DispatchQueue(label: "wait").async {
                self.wait()
                continuation.resume()
            }
        }
    }
}
