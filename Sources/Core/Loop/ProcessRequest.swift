/// A program to run, what it is given and how much it may take.
public struct ProcessRequest: Sendable {
    /// The program and its arguments.
    ///
    /// A name without a slash is looked up in the environment's PATH.
    public var arguments: [String]
    /// The whole environment; nil for `minimalEnvironment`.
    ///
    /// Nothing is inherited from this process.
    public var environment: [String: String]?
    /// The directory to run in; nil for this process's own.
    public var directory: String?
    /// What the program reads from its standard input, which is closed afterwards.
    public var stdin: [UInt8]
    /// After this time the program and its children are asked to end, by SIGTERM.
    public var timeout: Duration
    /// After this further time they are killed, by SIGKILL.
    public var killGrace: Duration
    /// How much of the standard output, and of the standard error, is kept.
    ///
    /// The rest is read and dropped, so that the program does not block.
    public var maxOutputBytes: Int

    /// Makes a request; only the arguments are needed.
    public init(
        arguments: [String], environment: [String: String]? = nil, directory: String? = nil,
        stdin: [UInt8] = [], timeout: Duration = .seconds(60), killGrace: Duration = .seconds(2),
        maxOutputBytes: Int = 1 << 20
    ) {
        self.arguments = arguments
        self.environment = environment
        self.directory = directory
        self.stdin = stdin
        self.timeout = timeout
        self.killGrace = killGrace
        self.maxOutputBytes = maxOutputBytes
    }

    /// A search path and a locale whose output programs can read; no secrets of this process.
    public static var minimalEnvironment: [String: String] {
        [
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "LC_ALL": "C",
        ]
    }

    /// What makes the request impossible; nil when it can be tried.
    var mistake: String? {
        guard let program = self.arguments.first, !program.isEmpty else {
            return "the list of arguments names no program"
        }
        let environment = self.environment ?? [:]
        let texts = [self.arguments, environment.map { $0 + $1 }, [self.directory ?? ""]].joined()
        // The system would take the text up to there for the whole.
        return texts.contains { $0.utf8.contains(0) }
            ? "an argument, a variable or the directory contains a NUL byte" : nil
    }
}
