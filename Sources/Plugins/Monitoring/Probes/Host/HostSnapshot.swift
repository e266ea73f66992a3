/// Everything that the `host` check reads in one run; what this kernel does not tell is missing.
struct HostSnapshot: Sendable, Equatable {
    var kernel: KernelStatistics?
    var load: LoadAverage?
    var memory: MemoryUsage?
    var uptimeSeconds: Double?
    var processes: Int?
    var openFiles: OpenFiles?
    /// By resource: `cpu`, `io`, `memory`.
    var pressure: [String: Pressure] = [:]
    var disks: [DiskCounters] = []
    var networks: [NetworkCounters] = []
    var mounts: [MountReport] = []
}
