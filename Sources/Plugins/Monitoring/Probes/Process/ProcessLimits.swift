/// What a `process` check holds against its processes.
struct ProcessLimits: Sendable, Equatable {
    var count: ClosedRange<Int>
    /// Of one processor.
    var cpuPercent = Limits()
    /// In bytes.
    var memory = Limits()
    var threads = Limits()
    var minAgeSeconds: Double?
    var maxAgeSeconds: Double?
}
