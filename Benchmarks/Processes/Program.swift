import Glibc

/// A program that was built together with this one, by its path.
struct Program {
    let path: String

    static let daemon = Program(besideUs: "opsloopd")
    static let client = Program(besideUs: "opsloop")
    static let ourselves = Program(path: ownPath)

    init(path: String) { self.path = path }

    private init(besideUs name: String) {
        let folder = Self.ownPath.split(separator: "/", omittingEmptySubsequences: false).dropLast()
        path = (folder + [Substring(name)]).joined(separator: "/")
    }

    private static var ownPath: String {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink("/proc/self/exe", &buffer, buffer.count - 1)
        return String(
            decoding: buffer.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Whether a program of this name is found where programs are.
    static func isInstalled(_ name: String) -> Bool {
        let path = getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin"
        return path.split(separator: ":").contains { access("\($0)/\(name)", X_OK) == 0 }
    }

    /// Starts the program; it is ended when the result goes away.
    func start(_ arguments: [String], _ streams: Streams = Streams()) throws -> RunningProgram {
        guard path.contains("/") == false || access(path, X_OK) == 0 else {
            throw BenchError("There is no program \(path); `swift build -c release` makes it.")
        }
        return try RunningProgram(path, arguments, streams)
    }

    /// Where a program's streams lead.
    struct Streams {
        /// Standard output; nil leads to nowhere.
        var output: CInt?
        /// Standard error; nil leads to ours.
        var error: CInt?
        /// A descriptor that the program finds as number 3.
        var third: CInt?
    }
}
