/// How a program ended and what it wrote.
public struct ProcessResult: Sendable {
    /// How a program ended.
    public enum Ending: Sendable, Equatable {
        /// It ended by itself, with this exit code.
        case exited(Int32)
        /// A signal ended it; also when the task that waited was cancelled or the loop stopped.
        case signalled(Int32)
        /// It took longer than its timeout and was ended.
        case timedOut
        /// It was not started, for this reason.
        case failedToStart(String)
    }

    /// How it ended.
    public var ending: Ending
    /// The kept part of its standard output.
    public var stdout: [UInt8]
    /// The kept part of its standard error.
    public var stderr: [UInt8]
    /// Whether it wrote more than was kept.
    public var truncated: Bool
    /// The time from the start to the end.
    public var duration: Duration
}
