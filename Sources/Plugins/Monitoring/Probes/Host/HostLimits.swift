/// What the `host` check holds against the machine.
struct HostLimits: Sendable, Equatable {
    var disk = Limits()
    var inodes = Limits()
    var memory = Limits()
    var swap = Limits()
    var cpu = Limits()
    /// The load of the last five minutes, by processor.
    var loadPerCPU = Limits()
    /// The part of the last minute in which everything waited for memory or for a disk.
    var pressure = Limits()
    var openFiles = Limits()
}
