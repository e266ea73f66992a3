internal import OpsCore

/// Sends the echo requests of all checks of a loop by one socket for each family.
///
/// Each packet carries a token of its own, so that any number may be on their way.
///
/// `@unchecked Sendable`: everything but `loop` and `time` is for the loop's thread; the public
/// verbs go there.
final class Pinger: @unchecked Sendable {
    let time: any TimeSource
    private let loop: EventLoop
    private var sockets: [Bool: PingSocket] = [:]
    private var waiting: [UInt64: (run: PingRun, index: Int)] = [:]
    private var tokens: [ObjectIdentifier: [UInt64]] = [:]
    private var isClosed = false
    /// Begins anywhere, so that packets of an earlier process are nobody's.
    private var nextToken = UInt64.random(in: 0...UInt64.max)

    /// Makes a pinger; it costs nothing until the first packet.
    init(loop: EventLoop, time: any TimeSource) {
        self.loop = loop
        self.time = time
    }

    deinit {
        precondition(sockets.isEmpty, "BUG DETECTED: a Pinger went away without close().")
    }

    /// Sends packets to an address, and returns what became of them.
    func ping(_ address: IPAddress, _ plan: PingPlan) async -> PingReport {
        let run = PingRun(address, plan, on: loop)
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                loop.executeNow { run.begin(continuation, by: self) }
            }
        } onCancel: {
            loop.executeNow { run.cancel(by: self) }
        }
    }

    /// Ends all runs and closes the sockets; the pinger cannot be used any more.
    func close() async {
        await withCheckedContinuation { continuation in
            loop.executeNow {
                self.shutDown()
                continuation.resume()
            }
        }
    }

    /// How many packets are waited for.
    ///
    /// On the loop only.
    var packetsUnderWay: Int { waiting.count }

    private func shutDown() {
        isClosed = true
        for (run, _) in Array(waiting.values) { run.cancel(by: self) }
        for socket in sockets.values { socket.close() }
        sockets = [:]
    }

    // MARK: - For the runs

    /// Sends one packet of a run; returns 0, or the error as an errno.
    func send(_ run: PingRun, _ index: Int, payloadBytes: Int) throws(PingObstacle) -> CInt {
        let socket = try socket(isIPv6: run.address.isIPv6)
        let token = nextToken
        nextToken &+= 1
        let error = socket.send(token, to: run.address, payloadBytes: payloadBytes)
        if error == 0 {
            waiting[token] = (run, index)
            tokens[ObjectIdentifier(run), default: []].append(token)
        }
        return error
    }

    /// Drops the packets of a run that is over; what comes back from now on is nobody's.
    func forget(_ run: PingRun) {
        for token in tokens.removeValue(forKey: ObjectIdentifier(run)) ?? [] {
            waiting[token] = nil
        }
    }

    private func socket(isIPv6: Bool) throws(PingObstacle) -> PingSocket {
        if let socket = sockets[isIPv6] { return socket }
        guard !isClosed else { throw PingObstacle(reason: "the plugin stops") }
        let socket = try PingSocket(isIPv6: isIPv6, on: loop) { [unowned self] in hear($0) }
        sockets[isIPv6] = socket
        return socket
    }

    private func hear(_ news: PingSocket.News) {
        switch news {
        case .answered(let token, let source, let hopLimit):
            // Nobody answers in the place of another: tokens follow each other, and a host that
            // sees one could guess those of others.
            guard let (run, index) = waiting[token], run.address.octets == source else { return }
            waiting[token] = nil
            run.take(index, hopLimit: hopLimit, by: self)
        case .undeliverable(let token, let reason):
            guard let (run, index) = waiting.removeValue(forKey: token) else { return }
            run.fail(index, reason: reason, by: self)
        }
    }
}
