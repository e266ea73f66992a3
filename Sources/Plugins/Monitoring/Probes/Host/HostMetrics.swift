/// The series of the `host` check, named after the usage of Prometheus.
enum HostMetrics {
    static func of(_ snapshot: HostSnapshot, cpu: CPUShares?) -> [Metric] {
        processor(snapshot, cpu) + memory(snapshot) + snapshot.mounts.flatMap(mount)
            + snapshot.disks.flatMap(disk) + snapshot.networks.flatMap(network)
            + snapshot.pressure.sorted { $0.key < $1.key }.flatMap(pressure) + system(snapshot)
    }

    private static func processor(_ snapshot: HostSnapshot, _ cpu: CPUShares?) -> [Metric] {
        var metrics = (cpu?.ratios ?? [:]).sorted { $0.key < $1.key }
            .map { Metric("host_cpu_ratio", ["mode": $0.key], $0.value) }
        if let load = snapshot.load {
            metrics += [
                Metric("host_load1", value: load.one), Metric("host_load5", value: load.five),
                Metric("host_load15", value: load.fifteen),
            ]
        }
        return metrics
            + [Metric(optional: "host_cpus", snapshot.kernel?.processors)].compactMap(\.self)
    }

    private static func memory(_ snapshot: HostSnapshot) -> [Metric] {
        guard let memory = snapshot.memory else { return [] }
        let kinds = [
            ("total", memory.total), ("free", memory.free), ("available", memory.available),
            ("buffers", memory.buffers), ("cached", memory.cached),
            ("used", memory.total - memory.available),
        ]
        let swap = [
            ("total", memory.swapTotal), ("free", memory.swapFree),
            ("used", memory.swapTotal - memory.swapFree),
        ]
        return kinds.map { Metric("host_memory_bytes", ["kind": $0], $1) }
            + swap.map { Metric("host_swap_bytes", ["kind": $0], $1) }
    }

    private static func mount(_ report: MountReport) -> [Metric] {
        let mount = report.mount.path
        let answers = Metric("host_disk_answers", ["mount": mount], report.usage == nil ? 0 : 1)
        guard let usage = report.usage else { return [answers] }
        let bytes = [
            ("total", usage.totalBytes), ("used", usage.usedBytes),
            ("available", usage.availableBytes),
        ].map { Metric("host_disk_bytes", ["mount": mount, "kind": $0], $1) }
        let inodes = [
            ("total", usage.totalInodes), ("used", usage.totalInodes - usage.freeInodes),
            ("available", usage.freeInodes),
        ].map { Metric("host_disk_inodes", ["mount": mount, "kind": $0], $1) }
        let readOnly = Metric(
            "host_disk_readonly", ["mount": mount], usage.isReadOnly ? 1 : 0)
        return [answers, readOnly] + bytes + (usage.totalInodes > 0 ? inodes : [])
    }

    private static func disk(_ disk: DiskCounters) -> [Metric] {
        func both(_ name: String, _ read: Double, _ write: Double) -> [Metric] {
            [("read", read), ("write", write)]
                .map { Metric(name, ["device": disk.device, "direction": $0], $1) }
        }
        return both("host_disk_io_bytes_total", disk.readBytes, disk.writtenBytes)
            + both("host_disk_io_operations_total", disk.reads, disk.writes)
            + both("host_disk_io_seconds_total", disk.readSeconds, disk.writeSeconds)
            + [Metric("host_disk_busy_seconds_total", ["device": disk.device], disk.busySeconds)]
    }

    private static func network(_ network: NetworkCounters) -> [Metric] {
        [("receive", network.received), ("transmit", network.sent)].flatMap { direction, counters in
            [
                ("bytes", counters.bytes), ("packets", counters.packets),
                ("errors", counters.errors), ("drops", counters.drops),
            ].map { noun, value in
                Metric(
                    "host_network_\(noun)_total",
                    ["device": network.device, "direction": direction], value)
            }
        }
    }

    private static func pressure(_ resource: String, _ pressure: Pressure) -> [Metric] {
        [("some", pressure.some), ("full", pressure.full)].flatMap { kind, line -> [Metric] in
            guard let line else { return [] }
            let labels = ["resource": resource, "kind": kind]
            return [
                Metric("host_pressure_ratio", labels, line.sixty),
                Metric("host_pressure_stalled_seconds_total", labels, line.stalledSeconds),
            ]
        }
    }

    private static func system(_ snapshot: HostSnapshot) -> [Metric] {
        [
            Metric(optional: "host_processes", snapshot.processes),
            Metric(optional: "host_processes_running", snapshot.kernel?.running),
            Metric(optional: "host_processes_blocked", snapshot.kernel?.blocked),
            Metric(optional: "host_threads", snapshot.load?.threads),
            Metric(optional: "host_uptime_seconds", snapshot.uptimeSeconds),
            Metric(optional: "host_open_files", snapshot.openFiles?.used),
            Metric(optional: "host_open_files_limit", snapshot.openFiles?.limit),
            Metric(optional: "host_forks_total", snapshot.kernel?.forks.map(Double.init)),
            Metric(optional: "host_interrupts_total", snapshot.kernel?.interrupts.map(Double.init)),
            Metric(
                optional: "host_context_switches_total",
                snapshot.kernel?.contextSwitches.map(Double.init)),
        ].compactMap(\.self)
    }
}

extension Metric {
    fileprivate init(_ name: String, value: Double) { self.init(name, [:], value) }

    fileprivate init?(optional name: String, _ value: Double?) {
        guard let value else { return nil }
        self.init(name, [:], value)
    }

    fileprivate init?(optional name: String, _ value: Int?) {
        self.init(optional: name, value.map(Double.init))
    }
}
