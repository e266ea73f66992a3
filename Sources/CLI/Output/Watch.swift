/// Runs a command again and again and redraws what it printed.
struct Watch {
    var session: Session
    var everyMs: Int

    /// Ends when the process does, by Ctrl-C; what was drawn last stays on the screen.
    func run(_ body: (Stream) throws -> ExitCode) {
        let out = session.out
        if out.isTerminal {
            Signals.restoreCursorWhenInterrupted()
            out.write(Terminal.hideCursor + Terminal.clearScreen)
        }
        repeat { turn(body) } while session.surroundings.rest(max(100, everyMs))
        if out.isTerminal { out.write(Terminal.showCursor) }
    }

    /// The stream is looked at anew, because the terminal may have got another size.
    private func turn(_ body: (Stream) throws -> ExitCode) {
        let out = session.surroundings.out(session.settings.noColor)
        show(frame(out, body), out)
    }

    /// What the command prints once; a failure is shown in its place and the next turn tries again.
    private func frame(_ out: Stream, _ body: (Stream) throws -> ExitCode) -> String {
        var text = ""
        var page = out
        page.write = { text += $0 }
        page.writeBytes = { text += String(decoding: $0, as: UTF8.self) }
        do {
            _ = try body(page)
        } catch let failure as Failure {
            session.disconnect()
            text = failure.report(page.palette)
        } catch {
            text = "\(error)\n"
        }
        return text
    }

    private func show(_ text: String, _ out: Stream) {
        guard out.isTerminal else { return out.write(text) }
        let height = out.height ?? 24
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).prefix(height - 1)
        let frame = lines.joined(separator: Terminal.clearLineEnd + "\n")
        out.write(Terminal.home + frame + Terminal.clearToEnd)
    }
}
