/// What one mounted file system answered.
struct MountReport: Sendable, Equatable {
    /// The answer.
    enum Answer: Sendable, Equatable {
        case usage(FileSystemUsage)
        /// It did not answer in time: a dead server or a dying disk.
        case silent
    }

    let mount: MountPoint
    let answer: Answer

    /// How full it is, when it answered.
    var usage: FileSystemUsage? {
        guard case .usage(let usage) = answer else { return nil }
        return usage
    }
}
