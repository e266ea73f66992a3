internal import Logging
internal import OpsJSONRPC

/// The last lines of a plugin's log; all of them go to the daemon's log as well, unless there are
/// too many.
final class PluginLog: Sendable {
    private static let capacity = 1000
    private static let maxBytes = 4000
    /// How many lines a second a plugin may put into the daemon's log.
    private static let maxRate = 100

    private struct State {
        var lines: [PluginLogLine] = []
        var first = 0
        var second: Int64 = 0
        var count = 0
        var secrets = SecretTexts()
    }

    private let state = Guarded(State())
    private let time: any TimeSource
    private let logger: Logger

    init(time: any TimeSource, logger: Logger) {
        self.time = time
        self.logger = logger
    }

    /// Adds to what is never to be shown, because the plugin has it from a secret file.
    ///
    /// What was secret before stays so: a program with a new secret may be tried out while one with
    /// the old secret runs.
    func hide(_ secrets: [String]) {
        state.withLock { state in
            for secret in secrets { state.secrets.add(secret) }
        }
    }

    /// The beginning of a text without what is secret, to be quoted in a message.
    func shown(_ text: UnsafeBufferPointer<UInt8>, atMost limit: Int) -> String {
        state.withLock { $0.secrets.hidden(in: text, atMost: limit) }
    }

    /// Adds what the host has to say about the plugin.
    func note(_ level: Logger.Level, _ message: String, _ metadata: Logger.Metadata? = nil) {
        let shown = keep(level, message, at: time.now())
        logger.log(level: level, "\(shown)", metadata: metadata)
    }

    /// Adds a line of the plugin's own, or about one.
    ///
    /// All are kept, but a flood of them does not get into the daemon's log.
    func add(_ level: Logger.Level, _ message: String) {
        let now = time.now()
        let shown = keep(level, message, at: now)
        let (isOver, leftOut) = state.withLock { Self.count(at: now, &$0) }
        if leftOut > 0 {
            logger.warning("\(leftOut) lines of the plugin are in its own log only")
        }
        if !isOver { logger.log(level: level, "\(shown)") }
    }

    private func keep(_ level: Logger.Level, _ message: String, at now: Instant) -> String {
        state.withLock { state in
            var message = message
            let shown = message.withUTF8 { state.secrets.hidden(in: $0, atMost: Self.maxBytes) }
            Self.keep(PluginLogLine(at: now, level: level.rawValue, message: shown), &state)
            return shown
        }
    }

    /// The last lines, oldest first.
    func last(_ count: Int) -> [PluginLogLine] {
        state.withLock { state in
            Array((state.lines[state.first...] + state.lines[..<state.first]).suffix(count))
        }
    }

    private static func keep(_ line: PluginLogLine, _ state: inout State) {
        guard state.lines.count == capacity else { return state.lines.append(line) }
        state.lines[state.first] = line
        state.first = (state.first + 1) % capacity
    }

    /// Counts a line; answers whether it is one too many for this second, and how many were so in
    /// the last.
    private static func count(at now: Instant, _ state: inout State) -> (Bool, leftOut: Int) {
        let second = now.milliseconds / 1000
        var leftOut = 0
        if second != state.second {
            leftOut = max(0, state.count - maxRate)
            (state.second, state.count) = (second, 0)
        }
        state.count += 1
        return (state.count > maxRate, leftOut)
    }
}
