import Glibc
import OpsJSONRPC

/// A blocking connection to the daemon: requests out, answers and notifications in.
final class Connection: Daemon {
    typealias Notification = (method: String, params: JSON)

    private let path: String
    private let descriptor: CInt
    private let timeoutMs: Int?
    private let waiting: WaitingSign
    /// Whether the first Ctrl-C cancels what is under way instead of ending the program.
    private let obeysInterrupt: Bool
    /// Answers may be larger than what the daemon takes from strangers.
    private var framer = Framer(maxFrameBytes: 256 << 20)
    private var lastID = 0
    /// Notifications that came while an answer was awaited.
    private var notifications: [Notification] = []
    /// The calls whose answers are awaited, until Ctrl-C has cancelled them.
    private var cancellable: [RequestID] = []

    init(
        path: String, timeoutMs: Int?, waiting: WaitingSign = .none, obeysInterrupt: Bool = false
    ) throws {
        self.obeysInterrupt = obeysInterrupt
        self.path = path
        self.timeoutMs = timeoutMs
        self.waiting = waiting
        descriptor = try UnixSocket.connect(path)
    }

    deinit {
        close(descriptor)
    }

    func answers(_ calls: [(method: String, params: JSON.Object)]) throws
        -> [Result<JSON, Failure>]
    {
        var bytes: [UInt8] = []
        let ids = calls.map { call in
            lastID += 1
            let id = RequestID(lastID)
            MessageWriter.request(
                id: id, method: call.method, params: .object(call.params), to: &bytes)
            return id
        }
        let deadline = Deadline(timeoutMs)
        try begin(ids)
        defer { end() }
        try UnixSocket.send(bytes, to: descriptor, deadline: deadline)
        return try collect(ids, what: calls.first?.method ?? "nothing", deadline)
    }

    private func begin(_ ids: [RequestID]) throws {
        if obeysInterrupt {
            // Whoever has interrupted one call of a command wants none of the following.
            if Interrupt.hasCome { throw Failure.interrupted }
            cancellable = ids
            Interrupt.begin()
        }
        waiting.begin()
    }

    private func end() {
        waiting.end()
        cancellable = []
        if obeysInterrupt { Interrupt.end() }
    }

    /// Asks the daemon to give the calls up; their answers say whether it could.
    private func cancel() throws {
        waiting.say("cancelling; Ctrl-C again to leave at once")
        var bytes: [UInt8] = []
        for id in cancellable {
            let params = JSON.object(["id": try JSON.parse(id.text)])
            MessageWriter.notification(method: "$/cancelRequest", params: params, to: &bytes)
        }
        cancellable = []
        try UnixSocket.send(bytes, to: descriptor, deadline: Deadline(1000))
    }

    /// The next notification; waits for ever.
    func nextNotification() throws -> Notification {
        while notifications.isEmpty {
            if case .request(let request) = try nextIncoming(Deadline(nil), what: "with an event") {
                notifications.append((request.method, request.params ?? [:]))
            }
        }
        return notifications.removeFirst()
    }

    private func collect(
        _ ids: [RequestID], what: String, _ deadline: Deadline
    ) throws -> [Result<JSON, Failure>] {
        var answers: [RequestID: Result<JSON, Failure>] = [:]
        while answers.count < ids.count {
            switch try nextIncoming(deadline, what: what) {
            case .response(let response):
                let result = response.result.mapError(Failure.init)
                // An error without an id says that the request itself was not understood.
                if response.id == .null, case .failure(let failure) = result { throw failure }
                if ids.contains(response.id) { answers[response.id] = result }
            case .request(let request):
                waiting.progress(request.method, request.params ?? [:])
                notifications.append((request.method, request.params ?? [:]))
            case .invalid(_, let error):
                throw notOurs(error.message)
            }
        }
        return ids.compactMap { answers[$0] }
    }

    private func nextIncoming(_ deadline: Deadline, what: String) throws -> Incoming {
        while true {
            switch framer.next() {
            case .frame: return try incoming()
            case .needMore: try fill(deadline, what)
            case .failed(let error): throw notOurs("\(error)")
            }
        }
    }

    private func incoming() throws -> Incoming {
        try framer.withFrame { bytes in
            guard case .single(let incoming) = MessageParser.parse(bytes) else {
                throw notOurs("It answered with several messages at once.")
            }
            if case .invalid = incoming {
                let start = String(decoding: bytes.prefix(60), as: UTF8.self)
                throw notOurs("It said `\(start)`.")
            }
            return incoming
        }
    }

    private func fill(_ deadline: Deadline, _ what: String) throws {
        while true {
            let isReadable = try UnixSocket.isReadable(
                descriptor, within: deadline.slice(waiting.tickMs))
            if Interrupt.hasCome, !cancellable.isEmpty { try cancel() }
            if isReadable { break }
            if deadline.isOver { throw tooLate(what) }
            waiting.tick()
        }
        var chunk: [UInt8] = []
        guard try UnixSocket.read(&chunk, from: descriptor) else {
            throw Failure.connectionLost(
                "opsloopd at \(path) closed the connection before it answered \(what)",
                hint: "its log says why; it may be stopping or restarting")
        }
        framer.append(chunk)
    }

    private func tooLate(_ what: String) -> Failure {
        .deadline(
            "no answer to \(what) within \(TimeText.span(timeoutMs ?? 0))",
            hint: "wait longer with --timeout 2m, or for ever with --timeout 0")
    }

    private func notOurs(_ reason: String) -> Failure {
        .unreachable(
            "what listens at \(path) does not speak JSON-RPC. \(reason)",
            hint: "point --socket at opsloopd's socket")
    }
}
