internal import Glibc
internal import Logging
internal import OpsJSONRPC

/// One run of a plugin's program: calls go in and come out, each on a line of its own.
///
/// Whatever the program does, the loop goes on: what it may write in a turn, what may wait for it
/// and how long a line may be have limits, and nonsense is logged and counted.
final class PluginPeer: @unchecked Sendable {
    // @unchecked Sendable: every stored variable is touched only on the loop's thread.

    /// Who is told what the plugin says on its own account; called on the loop.
    struct Listener {
        let onRequest: (Request) -> Void
        /// Called once, when the program is gone and every call has been answered; with the reason.
        let onEnd: (_ reason: String, _ isFailure: Bool) -> Void
    }

    /// What a turn of the loop is worth.
    private static let turnMessages = 100
    private static let turnTime = Duration.milliseconds(5)
    /// How much nonsense a plugin may write before it is started anew.
    private static let badLineLimit = 20
    private static let badLineWindow = Duration.seconds(10)

    let loop: EventLoop
    let time: any TimeSource
    let name: String
    let policy: PluginPolicy
    let log: PluginLog
    let process: LiveProcess
    var listener: Listener?

    // MARK: Calls, see PluginPeer+Calls
    var calls: [Int: PeerCall] = [:]
    /// The numbers of the calls that wait for their turn; those that are gone are passed over.
    var waiting: ArraySlice<Int> = []
    /// How many of them are not gone.
    var waitingCount = 0
    var waitingBytes = 0
    var inFlight = 0
    var lastNumber = 0
    var deadlineTimer: (any TimerToken)?
    var timerDue: Duration?

    // MARK: Output
    private var outgoing: [UInt8] = []
    private var isFlushing = false

    // MARK: Input
    private var lines: LineSplitter
    private var errorLines = LineSplitter(maxBytes: 16 << 10)
    private var isReadingOn = false
    private var isReadingErrorsOn = false
    private var badLines: [Duration] = []
    private(set) var badLineCount = 0
    private var lateAnswers = 0

    // MARK: The end
    /// Why the host has ended the program.
    private var endReason: String?
    /// How the program ended.
    private(set) var ending: String?
    private(set) var hasEnded = false
    private var waitingForEnd: [() -> Void] = []

    init(
        _ request: ProcessRequest, name: String, policy: PluginPolicy, log: PluginLog,
        on loop: EventLoop, _ time: any TimeSource
    ) throws(LoopError) {
        process = try LiveProcess(request, on: loop)
        self.loop = loop
        self.time = time
        self.name = name
        self.policy = policy
        self.log = log
        lines = LineSplitter(maxBytes: policy.maxFrameBytes)
        process.listen(
            LiveProcess.Listener(
                onOutput: { [self] in read($0) }, onErrorOutput: { [self] in readErrors($0) },
                onEnd: { [self] in didEnd($0) }))
    }

    // MARK: - Writing

    /// How much waits for the plugin to read it.
    var queuedBytes: Int {
        outgoing.count + waitingBytes + (process.input?.queuedBytes ?? 0)
    }

    /// Puts lines into the program's input, at the end of the turn and all at once.
    func write(_ text: [UInt8]) {
        guard !hasEnded else { return }
        if outgoing.isEmpty { outgoing = text } else { outgoing += text }
        guard !isFlushing else { return }
        isFlushing = true
        loop.execute { [self] in flush() }
    }

    private func flush() {
        isFlushing = false
        guard !outgoing.isEmpty else { return }
        let text = outgoing
        outgoing = []
        process.input?.write(text)
        if queuedBytes > 2 * policy.maxQueueBytes {
            // Calls are refused long before; only its own requests' answers get it here.
            end("it asks and does not read the answers")
        }
    }

    /// Sends a notification.
    func notify(_ method: String, _ params: JSON) {
        var text: [UInt8] = []
        MessageWriter.notification(method: method, params: params, to: &text)
        write(text)
    }

    /// Answers a request of the plugin's.
    func answer(_ id: RequestID, _ result: Result<JSON, RPCError>) {
        var text: [UInt8] = []
        MessageWriter.response(Response(id: id, result: result), to: &text)
        write(text)
    }

    // MARK: - Reading

    private func read(_ bytes: UnsafeRawBufferPointer) {
        lines.append(bytes)
        if !isReadingOn { readLines() }
    }

    /// Handles what has come, as far as a turn goes; the program is not read meanwhile.
    private func readLines() {
        isReadingOn = Self.turn { readLine() }
        guard isReadingOn else { return process.output.resumeReading() }
        process.output.stopReading()
        loop.nextTurn { [self] in readLines() }
    }

    /// Handles the next line; false when there is none.
    private func readLine() -> Bool {
        switch lines.next() {
        case .nothing: return false
        case .line(let place): handle(place)
        case .tooLong(let place):
            complain("wrote a line of more than \(policy.maxFrameBytes) bytes", about: place)
        }
        return true
    }

    /// Repeats a step as long as a turn goes; false when there was nothing more to do.
    private static func turn(_ step: () -> Bool) -> Bool {
        let start = ContinuousClock.now
        for _ in 1...turnMessages {
            guard step() else { return false }
            if ContinuousClock.now - start > turnTime { break }
        }
        return true
    }

    private func handle(_ place: Range<Int>) {
        if let response = lines.withBytes(place, { ResponseText.read($0) }) {
            return take(response)
        }
        switch lines.withBytes(place, { MessageParser.parse($0) }) {
        case .single(.request(let request)):
            switch request.method {
            case "log" where request.isNotification: takeLog(request.params)
            case "$/progress" where request.isNotification: takeProgress(request.params)
            default: pass(request)
            }
        case .single(.response(let response)) where response.id == .null:
            complain("answered with an error that belongs to no call", about: place)
        case .single(.response): complain("answered with an id that it was not given", about: place)
        case .single(.invalid(_, let error)): complain(error.message, about: place)
        case .batch, .emptyBatch, .batchTooLarge:
            complain("wrote a batch, which is not part of the protocol", about: place)
        }
    }

    private func pass(_ request: Request) {
        if let listener { return listener.onRequest(request) }
        // Nobody has found out yet what the plugin may do.
        guard let id = request.id else { return }
        answer(id, .failure(.conflict("The plugin has not been started yet.")))
    }

    private func take(_ response: ResponseText) {
        guard response.id > 0, response.id <= lastNumber else {
            return complain("answered the call \(response.id), which there never was", about: nil)
        }
        // Given up on meanwhile, or answered already; neither is of use to anybody.
        guard calls[response.id] != nil else { return lateAnswers += 1 }
        settle(response.id, response.outcome.mapError(PeerFailure.answered))
    }

    /// Logs what makes no sense, and has the plugin started anew when there is too much of it.
    private func complain(_ problem: String, about place: Range<Int>?) {
        badLineCount += 1
        let shown = place.map { place in
            ": " + lines.withBytes(place) { log.shown($0, atMost: 200) }
        }
        log.add(.warning, "bad line: \(problem)\(shown ?? "")")
        let now = time.uptime()
        badLines = badLines.filter { now - $0 < Self.badLineWindow } + [now]
        if badLines.count >= Self.badLineLimit {
            end("it wrote \(Self.badLineLimit) bad lines within \(Self.badLineWindow)")
        }
    }

    // MARK: - What it has to say

    private func readErrors(_ bytes: UnsafeRawBufferPointer) {
        errorLines.append(bytes)
        if !isReadingErrorsOn { readErrorLines() }
    }

    /// Logs what has come, as far as a turn goes: short lines cost more than reading them does.
    private func readErrorLines() {
        isReadingErrorsOn = Self.turn { readErrorLine() }
        if isReadingErrorsOn {
            process.errorOutput.stopReading()
            loop.nextTurn { [self] in readErrorLines() }
        } else if hasEnded {
            logLastErrorLine()
        } else {
            process.errorOutput.resumeReading()
        }
    }

    /// Logs the next line; false when there is none.
    private func readErrorLine() -> Bool {
        switch errorLines.next() {
        case .nothing: return false
        case .line(let place), .tooLong(let place): logErrorLine(place)
        }
        return true
    }

    private func logLastErrorLine() {
        if let rest = errorLines.rest { logErrorLine(rest) }
    }

    private func logErrorLine(_ place: Range<Int>) {
        let text = errorLines.withBytes(place) { String(decoding: $0, as: UTF8.self) }
        guard text.hasPrefix("{"), let json = try? JSON.parse(text), json["message"] != nil else {
            return log.add(.info, text)
        }
        takeLog(json)
    }

    private func takeLog(_ params: JSON?) {
        let level = params?["level"]?.string.flatMap { Logger.Level(rawValue: $0) } ?? .info
        var message = params?["message"]?.string ?? params?.text ?? ""
        if let fields = params?["fields"]?.object, !fields.isEmpty {
            message +=
                " "
                + fields.map { "\($0.key)=\($0.value.string ?? $0.value.text)" }
                .joined(separator: " ")
        }
        log.add(level, message)
    }

    // MARK: - The end

    /// Ends the program at once.
    func end(_ reason: String) {
        guard endReason == nil, !hasEnded else { return }
        endReason = reason
        process.signalGroup(SIGKILL)
    }

    /// Whether the end that comes is one that was asked for.
    func expectEnd() { if endReason == nil { endReason = "it was stopped" } }

    /// Calls `body` when the program is gone, which may be at once.
    func whenEnded(_ body: @escaping () -> Void) {
        if hasEnded { body() } else { waitingForEnd.append(body) }
    }

    private func didEnd(_ ending: ProcessResult.Ending) {
        if !isReadingErrorsOn { logLastErrorLine() }
        if let rest = lines.rest { complain("ended in the middle of a line", about: rest) }
        hasEnded = true
        let reason = endReason ?? Self.text(ending)
        self.ending = reason
        deadlineTimer?.cancel()
        // In the order in which they came.
        for number in calls.keys.sorted() {
            settle(number, .failure(.terminated(wasSent: calls[number]?.wasSent ?? true)))
        }
        let waiting = waitingForEnd
        waitingForEnd = []
        for body in waiting { body() }
        listener.take()?.onEnd(reason, ending != .exited(0))
    }

    private static func text(_ ending: ProcessResult.Ending) -> String {
        switch ending {
        case .exited(let status): "it ended with status \(status)"
        case .signalled(let signal): "it was ended by signal \(signal)"
        case .timedOut: "it was ended"
        case .failedToStart(let reason): reason
        }
    }
}
