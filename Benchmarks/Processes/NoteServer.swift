import Glibc

/// A platform with the plugin ``NotePlugin`` behind the real socket server, in a process of its own.
final class NoteServer {
    let socketPath: String
    let program: RunningProgram

    init(_ workspace: Workspace, maxConnections: Int = 256) throws {
        socketPath = workspace.file("notes.sock")
        program = try Program.ourselves.start([
            "serve-notes", socketPath, workspace.file("notes"), "\(maxConnections)",
        ])
        let deadline = ContinuousClock.now + .seconds(20)
        while (try? Client(socketPath)) == nil {
            guard !program.hasEnded, ContinuousClock.now < deadline else {
                throw BenchError("The note server did not start.")
            }
            usleep(1000)
        }
    }
}
