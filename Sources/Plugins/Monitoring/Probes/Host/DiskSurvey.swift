internal import OpsCore

/// Asks the mounted file systems how full they are, and survives those that do not answer.
///
/// Asking a file system whose server is gone blocks the thread, for ever if need be. So the one that
/// a thread is stuck in is remembered, and nobody is sent there again until it has come back.
final class DiskSurvey: Sendable {
    private struct State {
        /// Where threads are stuck.
        var hanging: Set<String> = []
        /// The number of the newest round; an older one that comes back late stops.
        var round = 0
        var current: MountPoint?
        var reports: [MountReport] = []
    }

    /// With that many threads lost, only disks of this machine are asked: they hardly ever hang,
    /// and the worker pool has others to serve.
    private static let maxHanging = 2

    private let ignored: [String]
    private let measure: @Sendable (String) -> FileSystemUsage?
    private let state = Guarded(State())

    /// Makes a survey that leaves out what lies at and below the given mount points.
    init(
        ignoring ignored: [String] = [],
        measure: @escaping @Sendable (String) -> FileSystemUsage? = FileSystemUsage.measure
    ) {
        self.ignored = ignored
        self.measure = measure
    }

    /// Asks each of the file systems in turn; blocks, so for a worker thread only.
    func carryOut(_ mounts: [MountPoint]) {
        let round = begin()
        for mount in mounts where !isIgnored(mount.path) {
            guard enter(mount, round) else { continue }
            let usage = measure(mount.path)
            guard leave(mount, usage, round) else { return }
        }
    }

    /// Ends the round, finished or not, and returns what is known; sorted by path.
    func conclude() -> [MountReport] {
        state.withLock { state in
            state.round += 1
            if let current = state.current {
                state.hanging.insert(current.path)
                state.reports.append(MountReport(mount: current, answer: .silent))
                state.current = nil
            }
            return state.reports.sorted { $0.mount.path < $1.mount.path }
        }
    }

    private func begin() -> Int {
        state.withLock { state in
            state.round += 1
            state.reports = []
            state.current = nil
            return state.round
        }
    }

    private func enter(_ mount: MountPoint, _ round: Int) -> Bool {
        state.withLock { state in
            guard state.round == round else { return false }
            if state.hanging.contains(mount.path) {
                state.reports.append(MountReport(mount: mount, answer: .silent))
                return false
            }
            guard state.hanging.count < Self.maxHanging || mount.isLocal else { return false }
            state.current = mount
            return true
        }
    }

    /// Returns false when the round is over and the thread came back late.
    private func leave(_ mount: MountPoint, _ usage: FileSystemUsage?, _ round: Int) -> Bool {
        state.withLock { state in
            guard state.round == round else {
                state.hanging.remove(mount.path)
                return false
            }
            state.current = nil
            if let usage {
                state.reports.append(MountReport(mount: mount, answer: .usage(usage)))
            }
            return true
        }
    }

    private func isIgnored(_ path: String) -> Bool {
        ignored.contains { path == $0 || path.hasPrefix($0.hasSuffix("/") ? $0 : $0 + "/") }
    }
}
