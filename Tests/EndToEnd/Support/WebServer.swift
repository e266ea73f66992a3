import Glibc
import TestClient

/// A real web server: Python's, on a port that it keeps when it is started again.
final class WebServer {
    private let folder: TemporaryFolder
    private(set) var port = 0
    private var program: ChildProgram?

    init() throws {
        folder = try TemporaryFolder()
        try folder.write("<h1>It works</h1>", to: "index.html")
    }

    var url: String { "http://127.0.0.1:\(port)/" }

    func start() async throws {
        let program = try ChildProgram(
            ["python3", "-c", Self.program, "\(port)"],
            environment: Programs.environment(home: folder.path), directory: folder.path,
            errors: "/dev/null")
        self.program = program
        guard let line = try await program.line(), let number = Int(line) else {
            throw TestFailure("the web server did not start")
        }
        port = number
    }

    func stop() async {
        await program?.end()
        program = nil
    }

    /// Runs `body` with a server that answers, and ends it whatever happens.
    static func run(_ body: (WebServer) async throws -> Void) async throws {
        let server = try WebServer()
        do {
            try await server.start()
            try await body(server)
        } catch {
            await server.stop()
            throw error
        }
        await server.stop()
    }

    private static let program = """
        import http.server, sys
        server = http.server.ThreadingHTTPServer(
            ("127.0.0.1", int(sys.argv[1])), http.server.SimpleHTTPRequestHandler)
        print(server.server_address[1], flush=True)
        server.serve_forever()
        """
}
