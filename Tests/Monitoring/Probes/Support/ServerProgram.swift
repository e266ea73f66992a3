import Glibc

/// A program in a process of its own, which ends when its standard input does: with the test,
/// however the test ends.
final class ServerProgram {
    let process: pid_t
    /// Our end of its standard input, output and error.
    private let line: CInt

    /// Starts a program, which is looked up in PATH.
    init(_ arguments: [String]) throws {
        (process, line) = try Self.spawn(arguments)
    }

    deinit {
        stop()
    }

    /// Runs a program to its end, which must be a good one.
    static func run(_ arguments: [String]) throws {
        let (process, line) = try spawn(arguments)
        defer { close(line) }
        var status: CInt = 0
        waitpid(process, &status, 0)
        guard status == 0 else {
            throw TemporaryFolder.Failure(what: arguments.joined(separator: " "), error: status)
        }
    }

    /// Ends the program and waits until it is gone.
    func stop() {
        guard kill(process, 0) == 0 else { return }
        kill(process, SIGKILL)
        var status: CInt = 0
        if waitpid(process, &status, 0) == process { close(line) }
    }

    /// Reads the next line of what the program says; nil when it says no more.
    func readLine() -> String? {
        var bytes: [UInt8] = []
        var byte: UInt8 = 0
        while read(line, &byte, 1) == 1 {
            if byte == UInt8(ascii: "\n") { return String(decoding: bytes, as: UTF8.self) }
            bytes.append(byte)
        }
        return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
    }

    /// Reads lines up to one that holds each of the words somewhere before or in it.
    func waitFor(_ words: String...) throws {
        var missing = words
        var said: [String] = []
        while !missing.isEmpty {
            guard let text = readLine() else {
                throw TemporaryFolder.Failure(
                    what: "the program said \(said.suffix(5)), not \(missing)", error: 0)
            }
            said.append(text)
            missing.removeAll { text.contains($0) }
        }
    }

    /// Reads a number, such as the port on which the program listens.
    func readNumber() throws -> Int {
        let text = readLine() ?? ""
        guard let number = Int(text) else {
            throw TemporaryFolder.Failure(what: "the program printed \(text)", error: 0)
        }
        return number
    }

    private static func spawn(_ arguments: [String]) throws -> (pid_t, line: CInt) {
        // One call makes both ends and keeps them from programs that other tests start meanwhile.
        var ends: [CInt] = [0, 0]
        let kind = CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else {
            throw TemporaryFolder.Failure(what: "socketpair", error: errno)
        }
        defer { close(ends[1]) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for descriptor in 0...2 as ClosedRange<CInt> {
            posix_spawn_file_actions_adddup2(&actions, ends[1], descriptor)
        }
        var vector = arguments.map { strdup($0) } + [nil]
        defer { vector.forEach { free($0) } }
        var process: pid_t = 0
        let error = posix_spawnp(&process, arguments[0], &actions, nil, &vector, environ)
        guard error == 0 else { throw TemporaryFolder.Failure(what: arguments[0], error: error) }
        return (process, ends[0])
    }
}
