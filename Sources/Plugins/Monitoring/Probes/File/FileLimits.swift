/// What a `file` check holds against what it finds.
struct FileLimits: Sendable, Equatable {
    var presence = FilePresence.present
    var kind: FileKind?
    var count = 1...Int.max
    var agedFile = AgedFile.newest
    var ageSeconds = Limits()
    /// Of each file.
    var minBytes: Int?
    /// Of all files together.
    var bytes = Limits()
    var mode: UInt32?
}
