import Glibc

/// A real web server with every bad habit, in a process of its own.
///
/// It ends when its standard input does: with the test, however the test ends.
final class WebServer {
    /// What TLS it speaks.
    struct Certificate {
        let file: String
        let key: String
    }

    let port: Int
    private let process: pid_t
    /// Our end of its standard input and output.
    private let line: CInt

    init(_ certificate: Certificate? = nil) throws {
        var arguments = ["python3", "-c", Self.program]
        if let certificate { arguments += [certificate.file, certificate.key] }
        (process, line) = try Self.spawn(arguments)
        port = try Self.readNumber(line)
    }

    deinit {
        stop()
    }

    func url(_ path: String, scheme: String = "http") -> String {
        "\(scheme)://localhost:\(port)\(path)"
    }

    /// Ends the server and waits until it is gone.
    func stop() {
        guard kill(process, 0) == 0 else { return }
        kill(process, SIGKILL)
        var status: CInt = 0
        if waitpid(process, &status, 0) == process { close(line) }
    }

    static func spawn(_ arguments: [String]) throws -> (pid_t, line: CInt) {
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
        posix_spawn_file_actions_adddup2(&actions, ends[1], 0)
        posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
        var vector = arguments.map { strdup($0) } + [nil]
        defer { vector.forEach { free($0) } }
        var process: pid_t = 0
        let error = posix_spawnp(&process, arguments[0], &actions, nil, &vector, environ)
        guard error == 0 else { throw TemporaryFolder.Failure(what: arguments[0], error: error) }
        return (process, ends[0])
    }

    /// Runs a program to its end; for the tools that make certificates.
    static func run(_ arguments: [String]) throws {
        let (process, line) = try spawn(arguments)
        defer { close(line) }
        var status: CInt = 0
        waitpid(process, &status, 0)
        guard status == 0 else {
            throw TemporaryFolder.Failure(what: arguments.joined(separator: " "), error: status)
        }
    }

    static func readNumber(_ descriptor: CInt) throws -> Int {
        var text = ""
        var byte: UInt8 = 0
        while read(descriptor, &byte, 1) == 1, byte != UInt8(ascii: "\n") {
            text.unicodeScalars.append(Unicode.Scalar(byte))
        }
        guard let number = Int(text) else {
            throw TemporaryFolder.Failure(what: "python3 printed \(text)", error: 0)
        }
        return number
    }

    private static let program = #"""
        import os, socket, ssl, sys, threading
        context = None
        if len(sys.argv) > 1:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(sys.argv[1], sys.argv[2])
        listener = socket.create_server(("127.0.0.1", 0), backlog=512)
        print(listener.getsockname()[1], flush=True)
        def until_the_end():
            sys.stdin.buffer.read()
            os._exit(0)
        threading.Thread(target=until_the_end, daemon=True).start()
        never = threading.Event()
        accepted = 0
        def send(c, status, body, *headers):
            head = [f"HTTP/1.1 {status} Status", f"Content-Length: {len(body)}", *headers]
            c.sendall("\r\n".join(head + ["", ""]).encode() + body)
            return True
        def answer(c, method, path, headers, body):
            if path == "/ok": return send(c, 200, b"all is well\nversion 42\n" if method != "HEAD" else b"")
            if path.startswith("/status/"): return send(c, path[8:], b"")
            if path == "/redirect": return send(c, 302, b"", "Location: /ok")
            if path.startswith("/tls/"):
                return send(c, 302, b"", f"Location: https://localhost:{path[5:]}/ok")
            if path == "/loop": return send(c, 302, b"", "Location: /loop")
            if path == "/ftp": return send(c, 302, b"", "Location: ftp://localhost/x")
            if path == "/connections": return send(c, 200, str(accepted).encode())
            if path == "/echo":
                lines = [method] + sorted(f"{k}: {v}" for k, v in headers.items())
                return send(c, 200, "\n".join(lines).encode() + b"\n\n" + body)
            if path == "/big": return send(c, 200, b"x" * (4 << 20))
            if path == "/stall": never.wait()
            if path == "/slow":
                c.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
                while True:
                    c.sendall(b".")
                    never.wait(1)
            if path == "/endless":
                c.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
                while True: c.sendall(b"y" * 65536)
            if path == "/cut": c.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this")
            if path == "/garbage": c.sendall(b"220 mail ready\r\n")
            return False
        def serve(c):
            try:
                if context: c = context.wrap_socket(c, server_side=True)
                f = c.makefile("rb")
                while line := f.readline():
                    method, path, _ = line.decode().split()
                    headers = {}
                    while h := f.readline().strip():
                        k, v = h.decode().split(":", 1)
                        headers[k.lower()] = v.strip()
                    body = f.read(int(headers.get("content-length", 0)))
                    if not answer(c, method, path, headers, body): break
            except Exception: pass
            try: c.shutdown(socket.SHUT_RDWR)
            except Exception: pass
            c.close()
        while True:
            c, _ = listener.accept()
            accepted += 1
            threading.Thread(target=serve, args=(c,), daemon=True).start()
        """#
}
