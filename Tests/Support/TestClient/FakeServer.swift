package import Dispatch
internal import Glibc
package import OpsJSONRPC

/// A daemon that says what a test wants, on a real Unix socket in its own thread.
package final class FakeServer: @unchecked Sendable {
    // @unchecked Sendable: everything is set before the thread starts and not changed after it.

    package enum Reply {
        case result(JSON)
        case error(RPCError)
        /// These bytes, whatever they are.
        case raw(String)
        /// These bytes, and the end of the connection.
        case last(String)
        /// These bytes now, and the result when somebody has opened the gate.
        case held(String, until: DispatchSemaphore, JSON)
        case silence
    }

    package let path: String
    private let folder: String
    private let listener: CInt
    private let answer: @Sendable (_ method: String, _ params: JSON, _ id: JSON) -> Reply
    private var thread = pthread_t()

    package init(_ answer: @escaping @Sendable (String, JSON, JSON) -> Reply) throws {
        folder = try Self.newFolder()
        path = "\(folder)/s"
        listener = try Self.listen(path)
        self.answer = answer
        pthread_create(
            &thread, nil,
            { context in
                guard let context else { return nil }
                Unmanaged<FakeServer>.fromOpaque(context).takeRetainedValue().serve()
                return nil
            }, Unmanaged.passRetained(self).toOpaque())
    }

    /// Ends the thread once its last client has gone.
    package func stop() {
        shutdown(listener, CInt(SHUT_RDWR))
        pthread_join(thread, nil)
        close(listener)
        unlink(path)
        rmdir(folder)
    }

    // MARK: - The thread

    private func serve() {
        while true {
            let client = accept(listener, nil, nil)
            if client < 0 { return }
            serve(client)
            close(client)
        }
    }

    private func serve(_ client: CInt) {
        var framer = Framer()
        var space = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = read(client, &space, space.count)
            if count <= 0 { return }
            framer.append(Array(space[..<count]))
            while case .frame = framer.next() {
                let text = framer.withFrame { String(decoding: $0, as: UTF8.self) }
                guard reply(to: text, client) else { return }
            }
        }
    }

    private func reply(to text: String, _ client: CInt) -> Bool {
        let request = (try? JSON.parse(text)) ?? nil
        let id = request["id"] ?? nil
        switch answer(request["method"]?.string ?? "", request["params"] ?? [:], id) {
        case .result(let result): send(["jsonrpc": "2.0", "id": id, "result": result], client)
        case .error(let error): send(["jsonrpc": "2.0", "id": id, "error": error.json], client)
        case .raw(let bytes): send(bytes, client)
        case .last(let bytes):
            send(bytes, client)
            return false
        case .held(let bytes, let gate, let result):
            send(bytes, client)
            // Whoever never opens it finds no answer.
            guard gate.wait(timeout: .now() + .seconds(TestClient.patience)) == .success else {
                return false
            }
            send(["jsonrpc": "2.0", "id": id, "result": result], client)
        case .silence: break
        }
        return true
    }

    private func send(_ message: JSON, _ client: CInt) {
        send(message.text + "\n", client)
    }

    private func send(_ text: String, _ client: CInt) {
        let bytes = Array(text.utf8)
        Glibc.send(client, bytes, bytes.count, CInt(MSG_NOSIGNAL))
    }

    // MARK: - The socket

    private static func newFolder() throws -> String {
        var template = Array("/tmp/opsloop-test-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw TestFailure("mkdtemp", errno) }
        return String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    private static func listen(_ path: String) throws -> CInt {
        let descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let status = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard status == 0, Glibc.listen(descriptor, 5) == 0 else {
            throw TestFailure("listen", errno)
        }
        return descriptor
    }
}
