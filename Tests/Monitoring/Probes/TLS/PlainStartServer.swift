/// A server that begins in plain text, of each kind and with every bad habit; see ``StartTLS``.
final class PlainStartServer {
    let port: Int
    private let program: ServerProgram

    init(_ habit: String, _ certificate: TestAuthority.Issued) throws {
        program = try ServerProgram([
            "python3", "-c", Self.source, habit, certificate.file, certificate.key,
        ])
        port = try program.readNumber()
    }

    private static let source = #"""
        import os, socket, ssl, sys, threading
        habit = sys.argv[1]
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(sys.argv[2], sys.argv[3])
        listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        print(listener.getsockname()[1], flush=True)
        def until_the_end():
            sys.stdin.buffer.read()
            os._exit(0)
        threading.Thread(target=until_the_end, daemon=True).start()
        never = threading.Event()
        class Talk:
            def __init__(self, c): self.c = c
            def say(self, text): self.c.sendall(text.encode())
            def hear(self, wanted):
                line = b""
                while not line.endswith(b"\n"):
                    byte = self.c.recv(1)
                    if not byte: raise EOFError
                    line += byte
                if not line.decode().startswith(wanted): raise ValueError(line)
            def tls(self):
                wrapped = context.wrap_socket(self.c, server_side=True)
                wrapped.recv(1)
        def smtp(t, answer="220 go ahead\r\n", more=""):
            t.say("220-mail.example.test\r\n220 ESMTP ready\r\n")
            t.hear("EHLO ")
            t.say("250-mail.example.test\r\n250-SIZE 1000\r\n250 STARTTLS\r\n")
            t.hear("STARTTLS")
            t.say(answer + more)
            t.tls()
        def drip(c):
            incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
            session = context.wrap_bio(incoming, outgoing, server_side=True)
            while True:
                try:
                    session.do_handshake()
                    done = True
                except ssl.SSLWantReadError: done = False
                out = outgoing.read()
                for i in range(len(out)): c.sendall(out[i:i + 1])
                if done: return
                incoming.write(c.recv(65536))
        def serve(c):
            c.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            t = Talk(c)
            try:
                if habit == "smtp": smtp(t)
                elif habit == "refusing": smtp(t, "454 no TLS today\x1b[2J\r\n")
                elif habit == "injecting": smtp(t, more="250 all is well\r\n")
                elif habit == "imap":
                    t.say("* OK [CAPABILITY STARTTLS] ready\r\n")
                    t.hear("a STARTTLS")
                    t.say("* CAPABILITY IMAP4rev1\r\na OK begin\r\n")
                    t.tls()
                elif habit == "pop3":
                    t.say("+OK ready\r\n"); t.hear("STLS"); t.say("+OK begin\r\n"); t.tls()
                elif habit == "ftp":
                    t.say("220 ready\r\n"); t.hear("AUTH TLS"); t.say("234 begin\r\n"); t.tls()
                elif habit == "postgres":
                    if c.recv(8) != bytes([0, 0, 0, 8, 4, 210, 22, 47]): raise ValueError
                    c.sendall(b"S")
                    t.tls()
                elif habit == "endless":
                    while True: c.sendall(b"220-more\r\n" * 1000)
                elif habit == "silent": never.wait()
                elif habit == "closing": c.recv(1)
                elif habit == "plain": c.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
                elif habit == "flooding":
                    c.recv(65536)
                    while True: c.sendall(b"\x16\x03\x03\x40\x00" + bytes([11, 0x7f, 255, 255]) + bytes(16380))
                elif habit == "dripping": drip(c); never.wait()
            except Exception: pass
            try: c.shutdown(socket.SHUT_RDWR)
            except Exception: pass
            c.close()
        while True:
            c, _ = listener.accept()
            threading.Thread(target=serve, args=(c,), daemon=True).start()
        """#
}
