internal import Logging
internal import OpsJSONRPC

/// Brings what was denied into the audit log, without anybody waiting for it and without letting a
/// flood of it fill the disk.
///
/// The first denial of a kind is written at once. What is the same within the next minute is
/// counted, and written as one row when the minute is over.
final class DenialLog: @unchecked Sendable {
    // @unchecked Sendable: every stored variable is touched only on the loop's thread.

    /// What makes two denials the same.
    struct Kind: Hashable {
        let principal: Principal
        let method: String
        let outcome: String
    }

    private struct Tally {
        var count = 0
        var last: RPCError
        var requestID: String?
    }

    private static let window = Duration.seconds(60)
    /// How many kinds one principal may have in a minute, and how many all together; the rest is
    /// counted under `*`.
    private static let kindsOfPrincipal = 32
    private static let kindsInAll = 1024
    private static let other = "*"

    private let store: Store
    private let loop: EventLoop
    private let time: any TimeSource
    private let logger: Logger
    private var tallies: [Kind: Tally] = [:]
    private var kinds: [Principal: Int] = [:]
    private var timer: (any TimerToken)?

    init(store: Store, loop: EventLoop, time: any TimeSource, logger: Logger) {
        self.store = store
        self.loop = loop
        self.time = time
        self.logger = logger
    }

    /// Takes note of a denial; on the loop only.
    func note(
        _ principal: Principal, _ method: String, _ error: RPCError, requestID: String?
    ) {
        let kind = kind(principal, method, error)
        if var tally = tallies[kind] {
            tally.count += 1
            tally.last = error
            tally.requestID = requestID
            tallies[kind] = tally
            return
        }
        tallies[kind] = Tally(last: error, requestID: requestID)
        kinds[kind.principal, default: 0] += 1
        write(kind, Tally(count: 1, last: error, requestID: requestID))
        if timer == nil { arm() }
    }

    private func kind(_ principal: Principal, _ method: String, _ error: RPCError) -> Kind {
        let kind = Kind(principal: principal, method: method, outcome: error.kind)
        if tallies[kind] != nil { return kind }
        if tallies.count >= Self.kindsInAll {
            return Kind(
                principal: Principal(Self.other), method: Self.other, outcome: Self.other)
        }
        if kinds[principal, default: 0] >= Self.kindsOfPrincipal {
            return Kind(principal: principal, method: Self.other, outcome: Self.other)
        }
        return kind
    }

    private func arm() {
        timer = time.timer(on: loop, after: Self.window) { [self] in
            timer = nil
            writeCounted()
        }
    }

    /// Writes down what was counted, and begins a new minute.
    private func writeCounted() {
        let over = tallies
        tallies = [:]
        kinds = [:]
        for (kind, tally) in over where tally.count > 0 { write(kind, tally) }
    }

    /// Writes down everything that was counted; for the end.
    func flush() async {
        // A loop that has stopped has no denials any more.
        try? await loop.perform { [self] in
            timer?.cancel()
            timer = nil
            writeCounted()
        }
    }

    private func write(_ kind: Kind, _ tally: Tally) {
        let call = CallName(method: kind.method, requestID: tally.requestID ?? "")
        let after: JSON = [
            "code": .number(JSON.Number(tally.last.code)), "message": .string(tally.last.message),
            "count": .number(JSON.Number(tally.count)),
        ]
        store.post(
            as: kind.principal, reason: "\(kind.method) \(tally.requestID ?? "")", call: call
        ) { transaction in
            try transaction.audit(
                "denied", nil, before: nil, after: after, outcome: kind.outcome)
        } onFailure: { [logger] error in
            logger.error("a denial can't be written down", metadata: ["error": "\(error)"])
        }
    }
}
