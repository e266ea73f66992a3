/// A name server with every bad habit; the first part of the name says which.
final class BadNameServer {
    let port: Int
    private let program: ServerProgram

    init() throws {
        program = try ServerProgram(["python3", "-c", Self.source])
        port = try program.readNumber()
    }

    private static let source = #"""
        import os, socket, struct, sys, threading
        while True:
            tcp = socket.create_server(("127.0.0.1", 0), backlog=64)
            udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            try:
                udp.bind(tcp.getsockname())
                break
            except OSError: tcp.close(); udp.close()
        print(tcp.getsockname()[1], flush=True)
        def until_the_end():
            sys.stdin.buffer.read()
            os._exit(0)
        threading.Thread(target=until_the_end, daemon=True).start()
        never = threading.Event()
        asked = {}
        def answer(q, rcode=0, tc=False, id=None, count=1, record=None):
            end = 12
            while q[end]: end += q[end] + 1
            question = q[12:end + 5]
            flags = 0x8080 | rcode | (0x0200 if tc else 0)
            head = (id if id is not None else q[:2]) + struct.pack(">HHHHH", flags, 1, count, 0, 0)
            record = record if record is not None else b"\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x3c\x00\x04\xc0\x00\x02\x07"
            return head + question + record * count
        def wrong(q): return bytes([q[0] ^ 255, q[1]])
        def serve_udp(q, to):
            habit = q[13:13 + q[12]].decode().lower()
            asked[habit] = asked.get(habit, 0) + 1
            def say(b): udp.sendto(b, to)
            if habit == "garbage": say(os.urandom(200))
            elif habit == "short": say(q[:5])
            elif habit == "wrongid": say(answer(q, id=wrong(q)))
            elif habit == "refused": say(answer(q, rcode=5, count=0))
            elif habit == "servfail": say(answer(q, rcode=2, count=0))
            elif habit == "cut": say(answer(q)[:-3])
            elif habit == "circle": say(answer(q, record=b"\xc0\xff\x00\x01\x00\x01\x00\x00\x00\x3c\x00\x04\xc0\x00\x02\x07"))
            elif habit in ("tc", "tcslow", "tcsilent", "tcgarbage", "tcempty", "tcclosed"): say(answer(q, tc=True, count=0))
            elif habit == "second" and asked[habit] == 2: say(answer(q))
            elif habit == "flood":
                forged = b"\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x3c\x00\x04\xc0\x00\x02\x42"
                for _ in range(2000): say(answer(q, id=wrong(q), record=forged))
                # Again and again: what a full buffer drops must not be the only one.
                for _ in range(500): say(answer(q)); never.wait(0.01)
        def serve_tcp(c):
            try:
                f = c.makefile("rb")
                q = f.read(struct.unpack(">H", f.read(2))[0])
                habit = q[13:13 + q[12]].decode().lower()
                a = answer(q)
                a = struct.pack(">H", len(a)) + a
                if habit == "tc": c.sendall(a)
                elif habit == "tcslow":
                    for i in range(len(a)): c.sendall(a[i:i + 1]); never.wait(0.002)
                elif habit == "tcgarbage":
                    # With a length that is none, c-ares closes the connection.
                    while True: c.sendall(b"\xff\xff" + os.urandom(65535))
                elif habit == "tcempty": c.sendall(b"\0\0"); never.wait()
                elif habit == "tcsilent": never.wait()
            except Exception: pass
            c.close()
        def accept():
            while True:
                c, _ = tcp.accept()
                threading.Thread(target=serve_tcp, args=(c,), daemon=True).start()
        threading.Thread(target=accept, daemon=True).start()
        while True: serve_udp(*udp.recvfrom(65536))
        """#
}
