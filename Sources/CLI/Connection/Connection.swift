import Glibc
import OpsJSONRPC

/// A blocking connection to the daemon: requests out, answers and notifications in.
final class Connection: Daemon {
    typealias Notification = (method: String, params: JSON)

    private let path: String
    private let descriptor: CInt
    private let timeoutMs: Int?
    private let waiting: WaitingSign
    private var lines = LineBuffer()
    private var lastID = 0
    /// Notifications that came while an answer was awaited.
    private var notifications: [Notification] = []

    init(path: String, timeoutMs: Int?, waiting: WaitingSign = .none) throws {
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
        let first = lastID + 1
        for call in calls {
            lastID += 1
            Envelope.request(lastID, call.method, call.params).write(to: &bytes)
            bytes.append(UInt8(ascii: "\n"))
        }
        let deadline = Deadline(timeoutMs)
        waiting.begin()
        defer { waiting.clear() }
        try UnixSocket.send(bytes, to: descriptor, deadline: deadline)
        return try collect(first...lastID, what: calls[0].method, deadline)
    }

    /// The next notification; waits for ever.
    func nextNotification() throws -> Notification {
        while notifications.isEmpty {
            let envelope = try nextEnvelope(Deadline(nil), what: "an event")
            if case .notification(let method, let params) = envelope {
                notifications.append((method, params))
            }
        }
        return notifications.removeFirst()
    }

    private func collect(
        _ ids: ClosedRange<Int>, what: String, _ deadline: Deadline
    ) throws -> [Result<JSON, Failure>] {
        var answers: [Int: Result<JSON, Failure>] = [:]
        while answers.count < ids.count {
            switch try nextEnvelope(deadline, what: what) {
            case .answer(let id, let result):
                // An answer without an id says that the request itself was not understood.
                guard let id else { throw failure(of: result, what) }
                if ids.contains(id) { answers[id] = result }
            case .notification(let method, let params):
                waiting.progress(method, params)
                notifications.append((method, params))
            }
        }
        return ids.compactMap { answers[$0] }
    }

    private func failure(of result: Result<JSON, Failure>, _ what: String) -> Failure {
        if case .failure(let failure) = result { return failure }
        return .unreachable("\(path) answered \(what) without saying to which request")
    }

    private func nextEnvelope(_ deadline: Deadline, what: String) throws -> Envelope {
        while true {
            if let line = lines.next() {
                if line.isEmpty { continue }
                guard let envelope = Envelope(line) else { throw notJSONRPC(line) }
                return envelope
            }
            try fill(deadline, what)
        }
    }

    private func fill(_ deadline: Deadline, _ what: String) throws {
        while try !UnixSocket.isReadable(descriptor, within: deadline.slice(waiting.tickMs)) {
            if deadline.isOver { throw tooLate(what) }
            waiting.tick()
        }
        guard try lines.read(from: descriptor) else {
            throw Failure.unreachable(
                "opsloopd at \(path) closed the connection before it answered \(what)",
                hint: "its log says why; it may be stopping or restarting")
        }
    }

    private func tooLate(_ what: String) -> Failure {
        .deadline(
            "no answer to \(what) within \(TimeText.span(timeoutMs ?? 0))",
            hint: "wait longer with --timeout 2m, or for ever with --timeout 0")
    }

    private func notJSONRPC(_ line: ArraySlice<UInt8>) -> Failure {
        let start = String(decoding: line.prefix(60), as: UTF8.self).visibleLine
        return .unreachable(
            "what listens at \(path) does not speak JSON-RPC; it said `\(start)`",
            hint: "point --socket at opsloopd's socket")
    }
}
