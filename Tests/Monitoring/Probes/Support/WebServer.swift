/// A real web server with every bad habit, in a process of its own.
final class WebServer {
    /// What TLS it speaks.
    struct Certificate {
        let file: String
        let key: String
    }

    let port: Int
    private let program: ServerProgram

    init(_ certificate: Certificate? = nil) throws {
        var arguments = ["python3", "-c", Self.program]
        if let certificate { arguments += [certificate.file, certificate.key] }
        program = try ServerProgram(arguments)
        port = try program.readNumber()
    }

    func url(_ path: String, scheme: String = "http") -> String {
        "\(scheme)://localhost:\(port)\(path)"
    }

    /// Ends the server and waits until it is gone.
    func stop() {
        program.stop()
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
