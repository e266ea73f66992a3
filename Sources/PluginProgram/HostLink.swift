internal import Glibc
internal import OpsCore
internal import OpsJSONRPC

/// The way to the host: lines out, and the answers to what was asked of it.
final class HostLink: Sendable {
    private struct Waiting {
        var lastID = 0
        var asked: [RequestID: CheckedContinuation<Result<JSON, RPCError>, Never>] = [:]
        var isGone = false
    }

    private let output: CInt
    private let waiting = Guarded(Waiting())
    /// Held while a line is written, so that lines do not mix.
    private let writing = Monitor()

    init(_ output: CInt) { self.output = output }

    // MARK: - Saying

    func send(_ bytes: [UInt8]) {
        writing.locked {
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = rest.withUnsafeBytes { write(output, $0.baseAddress, $0.count) }
                if count < 0, errno == EINTR { continue }
                // The host has gone; the end of the input says so too.
                guard count > 0 else { return }
                rest = rest.dropFirst(count)
            }
        }
    }

    func notify(_ method: String, _ params: JSON) {
        var line: [UInt8] = []
        MessageWriter.notification(method: method, params: params, to: &line)
        send(line)
    }

    func answer(_ id: RequestID, _ result: Result<JSON, RPCError>) {
        var line: [UInt8] = []
        MessageWriter.response(Response(id: id, result: result), to: &line)
        send(line)
    }

    // MARK: - Asking

    /// Asks the host and waits for its answer; cancelling the task cancels what was asked.
    func ask(_ method: String, _ params: JSON) async throws(RPCError) -> JSON {
        let id = waiting.withLock { waiting in
            waiting.lastID += 1
            return RequestID(waiting.lastID)
        }
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                guard register(continuation, as: id) else {
                    return continuation.resume(returning: .failure(Self.gone))
                }
                var line: [UInt8] = []
                MessageWriter.request(id: id, method: method, params: params, to: &line)
                send(line)
            }
        } onCancel: {
            notify("$/cancelRequest", ["id": (try? JSON.parse(id.text)) ?? .null])
        }
        return try result.get()
    }

    private func register(
        _ continuation: CheckedContinuation<Result<JSON, RPCError>, Never>, as id: RequestID
    ) -> Bool {
        waiting.withLock { waiting in
            guard !waiting.isGone else { return false }
            waiting.asked[id] = continuation
            return true
        }
    }

    func resolve(_ response: Response) {
        waiting.withLock { $0.asked.removeValue(forKey: response.id) }?
            .resume(returning: response.result)
    }

    /// Whether nobody answers any more.
    var isGone: Bool { waiting.withLock { $0.isGone } }

    /// Nobody answers any more.
    func end() {
        let left = waiting.withLock { waiting in
            let asked = waiting.asked
            waiting.asked = [:]
            waiting.isGone = true
            return asked
        }
        for continuation in left.values { continuation.resume(returning: .failure(Self.gone)) }
    }

    private static let gone = RPCError.pluginUnavailable("OpsLoop is gone.")
}
