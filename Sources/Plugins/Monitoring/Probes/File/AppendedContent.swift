internal import OpsCore

/// Remembers how far the files of a check have been read, so that only what is appended is judged.
///
/// Files are told apart by their numbers and not by their names: one that was renamed, as logs are,
/// is read to its end under its new name. One that became shorter is read from its beginning, and so
/// is one that is new. The first look only notes where the files end. A line is read once it is
/// complete.
///
/// A place is only ever replaced by a newer one, and only once somebody has taken what lies before
/// it: a look that comes too late, or a file that cannot be opened, loses nothing.
final class AppendedContent: Sendable {
    /// What was appended to a file.
    enum Found: Sendable, Equatable {
        case bytes([UInt8])
        /// Where files end is noted for the first time.
        case nothingYet
        /// It is no file that has a content.
        case none
        case unreadable(reason: String)
    }

    /// How far a file has been read.
    struct Place: Sendable, Equatable {
        /// Under which name it was looked at.
        var path: String
        var offset: Int64
        /// Whether it was somewhere else when last looked at.
        var isMoved = false
    }

    /// How far files have been read.
    struct Places: Sendable, Equatable {
        var files: [OpenFile.ID: Place] = [:]
        /// Files that were there at the first look and have not been opened yet.
        var unopened: Set<String> = []
    }

    private let places = Guarded<Places?>(nil)

    /// Looks at all files of a check, one after the other.
    ///
    /// What it finds is found again until ``keep(_:)`` is called with the places.
    ///
    /// - Parameters:
    ///   - unreadable: The files and folders of which nothing is known just now.
    ///   - limit: How much of each is read at most; the rest is for the next look.
    func look(
        at files: [FileFacts], unreadable: some Sequence<String> = [], limit: Int
    ) -> (found: [String: Found], places: Places) {
        var look = AppendedLook(after: places.withLock { $0 }, limit: limit)
        for file in files { look.read(file) }
        for path in unreadable { look.noteUnreadable(path) }
        look.readRest()
        return (look.found, look.places)
    }

    /// Begins the next look where this one has ended.
    func keep(_ places: Places) { self.places.withLock { $0 = places } }
}
