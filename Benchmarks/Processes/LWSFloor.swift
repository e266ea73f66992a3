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
            if let line = (try? LineReader(path: path))?.next(),
                let port = Int(String(decoding: line, as: UTF8.self))
            {
                self.port = port
                return
            }
            guard !program.hasEnded, ContinuousClock.now < deadline else {
                throw BenchError("The libwebsockets server did not start.")
            }
            usleep(1000)
        }
    }
}
