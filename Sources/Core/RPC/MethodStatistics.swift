/// How often a method was called, how often that failed, and how long it took.
public struct MethodStatistics: Sendable {
    /// The method.
    public let method: String
    /// The calls that are over.
    public let calls: UInt64
    /// How many of them ended in an error.
    public let errors: UInt64
    /// How many took at most so many seconds; the last bucket is infinite and holds them all.
    public let buckets: [(le: Double, count: UInt64)]
    /// How long they took together.
    public let sumSeconds: Double
}
