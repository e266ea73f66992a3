internal import OpsCore

/// The threads that look at files.
///
/// A file system whose server is gone holds a thread for ever if need be. So such file systems have
/// threads of their own: when all of these are held, files of other servers are not looked at, but
/// those of this machine are.
final class FileWorkers: Sendable {
    /// More than these have no chance to be looked at in time.
    private static let maxWaiting = 1000

    private let local = WorkerPool(threads: 2, name: "files", maxWaiting: maxWaiting)
    private let remote = WorkerPool(threads: 2, name: "files-remote", maxWaiting: maxWaiting)

    /// Returns the threads for a path, given the text of `/proc/self/mountinfo`.
    func pool(for path: String, mounts: String) -> WorkerPool {
        MountPoint.holding(path, in: mounts)?.mayHang == true ? remote : local
    }

    /// Refuses further work; does not wait for threads, which may be held.
    func close() {
        local.close()
        remote.close()
    }
}
