/// What was found under a path.
struct FileSnapshot: Sendable, Equatable {
    /// What is known about the content of a file.
    enum Content: Sendable, Equatable {
        /// Whether the patterns were found, each nil when there is none, and whether only a part was
        /// read.
        case read(hasExpected: Bool?, hasForbidden: Bool?, isCut: Bool)
        /// It is no file that has a content.
        case none
        case unreadable(reason: String)
    }

    /// Why nothing could be looked at.
    var obstacle: String?
    var files: [FileFacts] = []
    /// Paths that could not be looked at, with the system's words.
    var unreadable: [String: String] = [:]
    /// By path, when the check reads the files.
    var contents: [String: Content] = [:]
    /// How far the files have been read, where only what is appended is.
    var places: AppendedContent.Places?
    /// The numbers of the expected owner and group.
    var ownerID: UInt32?
    var groupID: UInt32?
}
