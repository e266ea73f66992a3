import Glibc

/// The bare libwebsockets server, in a process of its own as the daemon is.
final class LWSFloor {
    let port: Int
    private let program: RunningProgram

    init(_ workspace: Workspace) throws {
        let path = workspace.file("lws-port")
        program = try Program.ourselves.start(["serve-lws", path])
        let deadline = ContinuousClock.now + .seconds(30)
        while true {
            if let port = Self.port(in: path) {
                self.port = port
                return
            }
            guard !program.hasEnded, ContinuousClock.now < deadline else {
                throw BenchError("The libwebsockets server did not start.")
            }
            usleep(1000)
        }
    }

    private static func port(in path: String) -> Int? {
        guard let reader = try? LineReader(path: path) else { return nil }
        // A line lives only as long as its reader.
        return withExtendedLifetime(reader) {
            reader.next().flatMap { Int(String(decoding: $0, as: UTF8.self)) }
        }
    }
}
