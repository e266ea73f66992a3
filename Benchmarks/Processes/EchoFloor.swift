import Glibc

/// The C echo server, in a process of its own as the daemon is.
final class EchoFloor {
    let socketPath: String
    private let program: RunningProgram

    init(_ workspace: Workspace) throws {
        socketPath = workspace.file("echo")
        program = try Program.ourselves.start(["serve-echo", socketPath])
        let deadline = ContinuousClock.now + .seconds(5)
        while (try? Client(socketPath)) == nil {
            guard !program.hasEnded, ContinuousClock.now < deadline else {
                throw BenchError("The echo server did not start.")
            }
            usleep(1000)
        }
    }
}
