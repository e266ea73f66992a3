/// A real web server that exposes the files of a folder, well and badly.
final class ExpositionServer {
    let port: Int
    private let folder: TemporaryFolder
    private let program: ServerProgram

    init() throws {
        folder = try TemporaryFolder()
        program = try ServerProgram(["python3", "-c", Self.program, folder.path])
        port = try program.readNumber()
    }

    deinit {
        folder.remove()
    }

    func url(_ path: String) -> String { "http://127.0.0.1:\(port)\(path)" }

    /// Exposes a text; a name that ends in `.om` is OpenMetrics.
    func expose(_ name: String, _ text: String) throws { try folder.write(name, text) }

    private static let program = #"""
        import gzip, os, socket, sys, threading
        listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        print(listener.getsockname()[1], flush=True)
        def until_the_end():
            sys.stdin.buffer.read()
            os._exit(0)
        threading.Thread(target=until_the_end, daemon=True).start()
        never = threading.Event()
        TEXT = "Content-Type: text/plain; version=0.0.4; charset=utf-8"
        OPEN = "Content-Type: application/openmetrics-text; version=1.0.0; charset=utf-8"
        def send(c, body, *headers, length=None):
            head = ["HTTP/1.1 200 OK", f"Content-Length: {len(body) if length is None else length}", *headers]
            c.sendall("\r\n".join(head + ["", ""]).encode() + body)
        def read(name):
            with open(os.path.join(sys.argv[1], name), "rb") as f: return f.read()
        def answer(c, path, headers):
            parts = path.strip("/").split("/")
            name = parts[-1]
            kind = OPEN if name.endswith(".om") else TEXT
            if parts[0] == "file": return send(c, read(name), kind)
            if parts[0] == "gzip":
                assert "gzip" in headers["accept-encoding"]
                return send(c, gzip.compress(read(name)), kind, "Content-Encoding: gzip")
            if parts[0] == "cut-gzip":
                packed = gzip.compress(read(name))
                return send(c, packed[:int(parts[1])], kind, "Content-Encoding: gzip")
            if parts[0] == "short": return send(c, read(name)[:-20], kind, length=len(read(name)))
            if parts[0] == "brotli": return send(c, b"\x0b", kind, "Content-Encoding: br")
            if parts[0] == "bomb":
                packed = gzip.compress(b"# " + b"0" * (64 << 20) + b"\n")
                return send(c, packed, TEXT, "Content-Encoding: gzip")
            if parts[0] == "large":
                c.sendall(b"HTTP/1.1 200 OK\r\n" + TEXT.encode() + b"\r\n\r\n")
                line = b"".join(b'large{number="%d"} 1\n' % n for n in range(40000))
                sent = 0
                while sent < 100 << 20:
                    c.sendall(line)
                    sent += len(line)
                return
            if parts[0] == "drip":
                c.sendall(b"HTTP/1.1 200 OK\r\n" + TEXT.encode() + b"\r\n\r\n")
                while True:
                    c.sendall(b"a")
                    never.wait(1)
            if parts[0] == "headers":
                lines = "".join(f'header{{name="{k}",value="{v}"}} 1\n' for k, v in headers.items())
                return send(c, lines.encode(), TEXT)
            if parts[0] == "page": return send(c, b"<html></html>\n", "Content-Type: text/html")
            c.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
        def serve(c):
            try:
                f = c.makefile("rb")
                while line := f.readline():
                    path = line.decode().split()[1]
                    headers = {}
                    while h := f.readline().strip():
                        k, v = h.decode().split(":", 1)
                        headers[k.lower()] = v.strip()
                    answer(c, path, headers)
                    if path.startswith(("/short", "/large")): break
            except Exception: pass
            try: c.shutdown(socket.SHUT_RDWR)
            except Exception: pass
            c.close()
        while True:
            c, _ = listener.accept()
            threading.Thread(target=serve, args=(c,), daemon=True).start()
        """#
}
