/// Decides how the machine is, from one snapshot.
struct HostRules: Sendable {
    let limits: HostLimits

    /// Returns state and words: the worst thing first, or how the machine is when all is well.
    func assess(_ snapshot: HostSnapshot, cpu: CPUShares?) -> CheckResult {
        guard snapshot.kernel != nil || snapshot.memory != nil else {
            return CheckResult(
                state: .unknown,
                output: "Cannot read /proc: this machine tells nothing about itself")
        }
        let problems = findings(snapshot, cpu).filter { $0.state != .ok }
            .sorted { ($0.state.severity, $0.urgency) > ($1.state.severity, $1.urgency) }
        let summary = Self.summary(snapshot, cpu)
        guard let worst = problems.first else { return CheckResult(state: .ok, output: summary) }
        let others = problems.count - 1
        return CheckResult(
            state: worst.state,
            output: worst.text
                + (others > 0 ? ", and \(Readable.count(others, "more problem"))" : ""),
            longOutput: (problems.dropFirst().map(\.text) + [summary]).joined(separator: "\n"))
    }

    private func findings(_ snapshot: HostSnapshot, _ cpu: CPUShares?) -> [HostFinding] {
        snapshot.mounts.flatMap(mount) + memory(snapshot) + processor(snapshot, cpu)
            + waiting(snapshot)
            + [
                snapshot.openFiles.flatMap {
                    finding(
                        limits.openFiles, $0.usedRatio,
                        "\(Readable.percent($0.usedRatio)) of all open files are in use")
                }
            ].compactMap(\.self)
    }

    private func mount(_ report: MountReport) -> [HostFinding] {
        let path = report.mount.path
        guard let usage = report.usage else {
            return [
                HostFinding(
                    state: .critical,
                    text:
                        "Disk \(path) does not answer (\(report.mount.type), \(report.mount.source))",
                    urgency: .infinity)
            ]
        }
        // An image that was made read-only is full on purpose.
        guard !usage.isReadOnly else { return [] }
        let space = finding(
            limits.disk, usage.usedRatio,
            "Disk \(path) is \(Readable.percent(usage.usedRatio)) full, "
                + "\(Readable.bytes(usage.availableBytes)) left")
        let inodes = usage.inodeRatio.flatMap {
            finding(
                limits.inodes, $0, "Disk \(path) has used \(Readable.percent($0)) of its inodes")
        }
        return [space, inodes].compactMap(\.self)
    }

    private func memory(_ snapshot: HostSnapshot) -> [HostFinding] {
        guard let memory = snapshot.memory else { return [] }
        let used = finding(
            limits.memory, memory.usedRatio,
            "Memory is \(Readable.percent(memory.usedRatio)) used, "
                + "\(Readable.bytes(memory.available)) left")
        let swap = memory.swapUsedRatio.flatMap {
            finding(limits.swap, $0, "Swap is \(Readable.percent($0)) used")
        }
        return [used, swap].compactMap(\.self)
    }

    private func processor(_ snapshot: HostSnapshot, _ cpu: CPUShares?) -> [HostFinding] {
        let busy = cpu.flatMap {
            finding(limits.cpu, $0.busy, "The processors are \(Readable.percent($0.busy)) busy")
        }
        let load = snapshot.load.flatMap { load in
            let processors = snapshot.kernel?.processors ?? 1
            return finding(
                limits.loadPerCPU, load.five / Double(processors),
                "Load is \(Readable.twoDecimals(load.five)) on \(Readable.count(processors, "processor"))"
            )
        }
        return [busy, load].compactMap(\.self)
    }

    private func waiting(_ snapshot: HostSnapshot) -> [HostFinding] {
        [("memory", "memory"), ("io", "disks")].compactMap { resource, name in
            guard let ratio = snapshot.pressure[resource]?.full?.sixty else { return nil }
            return finding(
                limits.pressure, ratio,
                "Everything waited for \(name) in \(Readable.percent(ratio)) of the last minute")
        }
    }

    private func finding(_ limits: Limits, _ value: Double, _ text: String) -> HostFinding? {
        let limit = limits.critical ?? limits.warning ?? 1
        return HostFinding(
            state: limits.state(of: value), text: text, urgency: limit > 0 ? value / limit : value)
    }

    private static func summary(_ snapshot: HostSnapshot, _ cpu: CPUShares?) -> String {
        var parts: [String] = []
        if let cpu { parts.append("CPU \(Readable.percent(cpu.busy))") }
        if let load = snapshot.load {
            parts.append("load \(Readable.twoDecimals(load.one))")
        }
        if let memory = snapshot.memory {
            parts.append("memory \(Readable.percent(memory.usedRatio))")
        }
        let fullest = snapshot.mounts.compactMap { report in
            report.usage.map { (report.mount.path, $0) }
        }.filter { !$0.1.isReadOnly }.max { $0.1.usedRatio < $1.1.usedRatio }
        if let (path, usage) = fullest {
            parts.append("disk \(path) \(Readable.percent(usage.usedRatio))")
        }
        if let uptime = snapshot.uptimeSeconds {
            parts.append("up \(Readable.age(seconds: uptime))")
        }
        return parts.joined(separator: ", ")
    }
}
