internal import OpsPattern

/// What a `file` check looks at.
struct FileRequest: Sendable {
    /// May hold `*`, `?` and `[...]`.
    var path: String
    /// By name or number.
    var owner: String?
    var group: String?
    /// What must be found in each file.
    var expected: Pattern?
    /// What must not be found in any.
    var forbidden: Pattern?
    /// How much of a file is read for that.
    var maxContentBytes = 1 << 20

    /// Where only what is appended is judged.
    var appended: AppendedContent?

    /// Whether the files are read.
    var readsContent: Bool { expected != nil || forbidden != nil }
}
