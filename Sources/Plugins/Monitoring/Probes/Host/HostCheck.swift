internal import OpsCore
internal import OpsJSONRPC

/// Looks at the machine that OpsLoop runs on.
struct HostCheck: CheckKind {
    static let kind = "host"
    static let summary = "Looks at this machine: processors, memory, disks, network, pressure."

    @Param("From which full part of a disk on it is a warning.", .range(0...1))
    var diskWarningRatio = 0.9
    @Param("From which full part of a disk on it is critical.", .range(0...1))
    var diskCriticalRatio = 0.95
    @Param("From which used part of a disk's inodes on it is a warning.", .range(0...1))
    var inodeWarningRatio = 0.9
    @Param("From which used part of a disk's inodes on it is critical.", .range(0...1))
    var inodeCriticalRatio = 0.95
    @Param("From which used part of the memory on it is a warning.", .range(0...1))
    var memoryWarningRatio = 0.9
    @Param("From which used part of the memory on it is critical.", .range(0...1))
    var memoryCriticalRatio = 0.95
    @Param("From which used part of the system's open files on it is a warning.", .range(0...1))
    var openFilesWarningRatio = 0.8
    @Param("From which used part of the system's open files on it is critical.", .range(0...1))
    var openFilesCriticalRatio = 0.95
    @Param("From which used part of the swap space on it is a warning.", .present(.range(0...1)))
    var swapWarningRatio: Double?
    @Param("From which used part of the swap space on it is critical.", .present(.range(0...1)))
    var swapCriticalRatio: Double?
    @Param("From which busy part of the processors on it is a warning.", .present(.range(0...1)))
    var cpuWarningRatio: Double?
    @Param("From which busy part of the processors on it is critical.", .present(.range(0...1)))
    var cpuCriticalRatio: Double?
    @Param(
        "From which 5-minute load for each processor on it is a warning.", .present(.atLeast(0)))
    var loadWarningPerCpu: Double?
    @Param("From which 5-minute load for each processor on it is critical.", .present(.atLeast(0)))
    var loadCriticalPerCpu: Double?
    @Param(
        "From which part of a minute spent waiting for memory or disks on it is a warning.",
        .present(.range(0...1)))
    var pressureWarningRatio: Double?
    @Param(
        "From which part of a minute spent waiting for memory or disks on it is critical.",
        .present(.range(0...1)))
    var pressureCriticalRatio: Double?
    @Param("Mount points that are not looked at; what lies below them is not either.")
    var ignoreMounts: [String] = []

    private var namedLimits: [(name: String, unit: String, limits: Limits)] {
        let limits = limits
        return [
            ("disk", "ratio", limits.disk), ("inode", "ratio", limits.inodes),
            ("memory", "ratio", limits.memory), ("open_files", "ratio", limits.openFiles),
            ("swap", "ratio", limits.swap), ("cpu", "ratio", limits.cpu),
            ("load", "per_cpu", limits.loadPerCPU), ("pressure", "ratio", limits.pressure),
        ]
    }

    private var limits: HostLimits {
        HostLimits(
            disk: Limits(warning: diskWarningRatio, critical: diskCriticalRatio),
            inodes: Limits(warning: inodeWarningRatio, critical: inodeCriticalRatio),
            memory: Limits(warning: memoryWarningRatio, critical: memoryCriticalRatio),
            swap: Limits(warning: swapWarningRatio, critical: swapCriticalRatio),
            cpu: Limits(warning: cpuWarningRatio, critical: cpuCriticalRatio),
            loadPerCPU: Limits(warning: loadWarningPerCpu, critical: loadCriticalPerCpu),
            pressure: Limits(warning: pressureWarningRatio, critical: pressureCriticalRatio),
            openFiles: Limits(warning: openFilesWarningRatio, critical: openFilesCriticalRatio))
    }

    func validate() throws(RPCError) {
        try refuse(
            namedLimits.flatMap { name, unit, limits in
                limits.problems("\(name)_warning_\(unit)", "\(name)_critical_\(unit)")
            })
    }

    func makeProbe(_ tools: ProbeTools) -> any Probe {
        HostProbe(
            tools, rules: HostRules(limits: limits), survey: DiskSurvey(ignoring: ignoreMounts))
    }
}
