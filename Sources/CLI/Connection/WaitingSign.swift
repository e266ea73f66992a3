import OpsJSONRPC

/// Shows on a terminal that an answer takes its time.
final class WaitingSign {
    private let stream: Stream?
    private let glyphs: Glyphs
    private var started = Clock.uptime()
    private var turn = 0
    private var isWaiting = false
    private var isShown = false
    private var text = "waiting"

    /// Shows nothing, for everything but a terminal.
    static var none: WaitingSign { WaitingSign(nil, Glyphs(isASCII: true)) }

    init(_ stream: Stream?, _ glyphs: Glyphs) {
        self.stream = stream.flatMap { $0.isTerminal ? $0 : nil }
        self.glyphs = glyphs
    }

    /// How often `tick` wants to be called; nil never.
    var tickMs: Int? { stream == nil || !isWaiting ? nil : 100 }

    func begin() {
        isWaiting = true
        started = Clock.uptime()
        text = "waiting"
    }

    func tick() {
        let elapsed = Clock.uptime() - started
        guard let stream, elapsed >= 500 else { return }
        let signs = glyphs.isASCII ? ["-", "\\", "|", "/"] : ["⠋", "⠙", "⠸", "⠴", "⠦", "⠇"]
        let line = "\(signs[turn % signs.count]) \(text) \(TimeText.glance(elapsed))"
        turn += 1
        isShown = true
        let fitted = line.fitted(to: (stream.width ?? 80) - 1, ellipsis: glyphs.ellipsis)
        stream.write(Terminal.clearLine + stream.palette.paint(fitted, .quiet))
    }

    /// Says something else than that it waits.
    func say(_ text: String) { self.text = text }

    /// A long call may say how far it is: `$/progress {progress, total, message}`.
    func progress(_ method: String, _ params: JSON) {
        guard method == "$/progress" else { return }
        var parts = [params["message"]?.string?.visibleLine ?? "working"]
        if let done = params["progress"]?.double, let total = params["total"]?.double, total > 0 {
            parts.append(glyphs.bar(done / total, width: 20))
            parts.append(Figures.percent(done / total))
        }
        text = parts.joined(separator: " ")
    }

    func end() {
        isWaiting = false
        guard isShown, let stream else { return }
        isShown = false
        stream.write(Terminal.clearLine)
    }
}
