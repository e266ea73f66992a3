import Glibc

extension Program {
    /// Runs the program to its end and returns what it says, its complaints included.
    ///
    /// - Parameter terminal: What it complains to instead. What it says then has to fit into a pipe.
    func lines(_ arguments: [String], before terminal: Terminal? = nil) throws -> [String] {
        var ends: [CInt] = [0, 0]
        guard pipe(&ends) == 0 else { throw BenchError("make a pipe", errno: errno) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        let reader = try LineReader(descriptor: ends[0])
        let program: RunningProgram
        do {
            defer { close(ends[1]) }
            program = try start(
                arguments, Streams(output: ends[1], error: terminal?.side ?? ends[1]))
        }
        terminal?.watch()
        var lines: [String] = []
        while let line = reader.next() { lines.append(String(decoding: line, as: UTF8.self)) }
        do {
            try program.waitForSuccess()
        } catch {
            let said = lines.suffix(5).joined(separator: "\n")
            throw BenchError("\(error) It said: \(said)\(terminal?.shown.suffix(500) ?? "")")
        }
        return lines
    }
}
