/// Why the store could not do what it was asked to.
///
/// The description never holds a stored value or an argument of a statement.
public struct StoreError: Error, Sendable, CustomStringConvertible {
    /// The kind of failure; open, so that later versions can add to it.
    public struct Code: RawRepresentable, Sendable, Hashable {
        /// The code's name on the wire and in logs.
        public let rawValue: String

        /// Creates a code from its name.
        public init(rawValue: String) { self.rawValue = rawValue }

        private init(_ rawValue: String) { self.rawValue = rawValue }

        // MARK: - Opening

        /// The file is not an SQLite database.
        public static let notADatabase = Code("not_a_database")
        /// The file is an SQLite database of some other program.
        public static let foreignDatabase = Code("foreign_database")
        /// The database was written by a newer version.
        public static let newerVersion = Code("newer_version")
        /// An owner's migrations are not an extension of those that the database has seen.
        public static let migrationsChanged = Code("migrations_changed")
        /// A migration's statements failed.
        public static let migrationFailed = Code("migration_failed")
        /// The folder that should hold the file does not exist.
        public static let missingFolder = Code("missing_folder")
        /// The file or its folder cannot be read and written by this user.
        public static let permission = Code("permission")
        /// Another process holds the database.
        public static let locked = Code("locked")

        // MARK: - The world's failures

        /// The file's content is damaged.
        public static let corrupt = Code("corrupt")
        /// There is no space left for the database.
        public static let full = Code("full")
        /// The operating system failed to read, write or sync.
        public static let io = Code("io")
        /// The store is closed.
        public static let closed = Code("closed")

        // MARK: - The caller's mistakes

        /// The write would break a rule of the schema, such as a unique name.
        public static let constraint = Code("constraint")
        /// The statement is not one that the engine understands or the store allows.
        public static let invalidStatement = Code("invalid_statement")
        /// A row has no such column, or the column holds another kind of value.
        public static let wrongColumn = Code("wrong_column")
        /// An argument is outside what is allowed.
        public static let invalidArgument = Code("invalid_argument")
        /// The transaction was rolled back by an error that the piece of work went on after.
        public static let aborted = Code("aborted")
    }

    /// The kind of failure.
    public var code: Code
    /// What happened, in words.
    public var message: String
    /// The database file, when the failure is about it.
    public var path: String?
    /// The error below this one.
    public var underlying: (any Error)?
    /// What to do about it, when we know.
    public var hint: String?

    /// Creates an error.
    public init(
        _ code: Code, _ message: String, path: String? = nil, underlying: (any Error)? = nil,
        hint: String? = nil
    ) {
        self.code = code
        self.message = message
        self.path = path
        self.underlying = underlying
        self.hint = hint
    }

    /// The message, the file and the hint in one line.
    public var description: String {
        let place = path.map { " (\($0))" } ?? ""
        let advice = hint.map { ". \($0)" } ?? ""
        return message + place + advice
    }
}
