internal import OpsCore
internal import OpsPattern

/// Reads `/proc` on a worker thread.
final class ProcessProbe: Probe {
    private let tools: ProbeTools
    private let name: String?
    private let pattern: Pattern?
    private let user: String?
    private let pidFile: String?
    private let rules: ProcessRules
    /// What each process had spent when the probe ran last, and when that was.
    private let last = Guarded<ProcessTimes?>(nil)
    /// Whether a look has begun and not ended, which may be never: one thread is enough for it.
    private let isLooking = Guarded(false)

    init(
        _ tools: ProbeTools, name: String?, pattern: Pattern?, user: String?, pidFile: String?,
        rules: ProcessRules
    ) {
        self.tools = tools
        self.name = name
        self.pattern = pattern
        self.user = user
        self.pidFile = pidFile
        self.rules = rules
    }

    func run(timeout: Duration) async -> CheckResult {
        let start = tools.time.uptime()
        let snapshot = await read(within: timeout)
        let seconds = (tools.time.uptime() - start) / .seconds(1)
        guard snapshot.obstacle == nil else {
            return rules.judge(snapshot, cpuPercent: nil, seconds: seconds)
        }
        let times = ProcessTimes(snapshot.processes, at: start)
        let share = last.withLock { last in
            defer { last = times }
            return last.flatMap { times.percent(since: $0) }
        }
        return rules.judge(snapshot, cpuPercent: share, seconds: seconds)
    }

    private func read(within limit: Duration) async -> ProcessSnapshot {
        let table = ProcessTable(files: ProcFiles(root: tools.root))
        let (name, pattern, user, pidFile) = (name, pattern, user, pidFile)
        guard !isLooking.withLock({ $0 }) else {
            return ProcessSnapshot(obstacle: "an earlier look at /proc has not ended")
        }
        do {
            let isLooking = isLooking
            let snapshot = try await tools.blocking(within: limit) {
                isLooking.withLock { $0 = true }
                defer { isLooking.withLock { $0 = false } }
                return Self.look(table, name, pattern, user, pidFile)
            }
            return snapshot ?? ProcessSnapshot(obstacle: "reading /proc takes too long")
        } catch {
            return ProcessSnapshot(obstacle: "\(error)")
        }
    }

    private static func look(
        _ table: ProcessTable, _ name: String?, _ pattern: Pattern?, _ user: String?,
        _ pidFile: String?
    ) -> ProcessSnapshot {
        var snapshot = ProcessSnapshot()
        guard let uptime = table.files.text("uptime") else {
            snapshot.obstacle = "this machine has no /proc"
            return snapshot
        }
        snapshot.uptimeSeconds = uptime.split(separator: " ").first.flatMap { Double($0) }
        var selection = ProcessSelection(name: name, pattern: pattern)
        if let user {
            selection.userID = SystemAccounts.userID(user)
            if selection.userID == nil {
                snapshot.obstacle = "there is no user \(user)"
                return snapshot
            }
        }
        if let pidFile {
            selection.processID = ProcessTable.processID(inFile: pidFile)
            guard let id = selection.processID else {
                snapshot.remark = "\(pidFile) holds no process number"
                return snapshot
            }
            snapshot.remark = "process \(id) of \(pidFile) does not run"
        }
        snapshot.processes = table.processes(selection)
        if !snapshot.processes.isEmpty { snapshot.remark = nil }
        return snapshot
    }
}
