import OpsJSONRPC
import OpsToken

/// Carries out one command.
struct CommandRunner {
    let session: Session
    let invocation: Invocation

    private var settings: Settings { invocation.settings }
    private var command: Command { invocation.command }
    private var surroundings: Surroundings { session.surroundings }

    func run() throws -> ExitCode {
        if settings.version {
            session.out.line("opsloop \(Version.text)")
            return .success
        }
        guard let watchMs = settings.watchMs ?? session.settings.watchMs else {
            return try run(to: session.out)
        }
        guard command.isRepeatable else {
            throw Failure.usage(
                "`\(command.name)` cannot be watched, because it is no reading command")
        }
        Watch(session: session, everyMs: watchMs).run { try self.run(to: $0) }
        return .success
    }

    private func run(to out: Stream) throws -> ExitCode {
        switch command.action {
        case .call(let method): return try call(method, invocation.params, to: out)
        case .builtIn(let builtIn): return try run(builtIn, to: out)
        }
    }

    // MARK: - Methods of the daemon

    private func call(
        _ method: Method, _ params: JSON.Object, to out: Stream
    ) throws -> ExitCode {
        let options = CallOptions(
            settings: settings, command: command, freshKey: surroundings.freshKey,
            isWatched: session.showsProgress)
        let full = try options.adding(to: params)
        if settings.printRequest {
            out.line(request(method, full).prettyText)
            return .success
        }
        session.failedCommand = command
        var result =
            try PiecewiseImport(command: command, session: session)
            .run(full) { params in try self.fetch(method, params, to: out) }
            ?? fetch(method, full, to: out)
        for warning in CallOptions.takeWarnings(from: &result) { say("warning: \(warning)") }
        if settings.isDryRun { say("dry run: nothing was changed") }
        printer(out).print(result, of: command, params: params)
        // A check that was carried out and found something wrong: scripts want to notice.
        return result["ok"] == false ? .server : .success
    }

    /// The answer with as many pages as are wanted; a file for people or pipes, and a list in lines,
    /// is written as it comes, as nobody knows how long it is.
    private func fetch(
        _ method: Method, _ params: JSON.Object, to out: Stream
    ) throws -> JSON {
        let printer = printer(out)
        let isFile = settings.output == nil && settings.fields.isEmpty
        let isLines = settings.output == .jsonl && command.answersList
        let pages = Pages(
            command: command, all: settings.all, takePart: isFile ? printer.write : nil,
            takeItems: isLines ? printer.writeLines : nil
        ) { params in try self.answer(method, params) }
        return try pages.fetch(params)
    }

    /// Calls the method, and again when the connection broke before the answer came and a second call
    /// does no harm: the method is idempotent, or the call has a name and is carried out once.
    private func answer(_ method: Method, _ params: JSON.Object) throws -> JSON {
        let isHarmless = method.isIdempotent || settings.idempotencyKey != nil
        var rests = isHarmless ? Self.restsMs[...] : []
        while true {
            do {
                return try session.connected().call(method.name, params)
            } catch let failure as Failure where failure.isConnectionLost && !Interrupt.hasCome {
                guard reconnect(&rests) else { throw failure }
            }
        }
    }

    /// How long a daemon that starts anew is waited for, step by step.
    private static let restsMs = [100, 200, 400, 800, 1600]

    /// Opens another connection; false when none is to be had.
    private func reconnect(_ rests: inout ArraySlice<Int>) -> Bool {
        session.disconnect()
        while let ms = rests.popFirst(), surroundings.rest(ms) {
            // Failing is what happens until the daemon is back.
            guard (try? session.connected()) != nil else { continue }
            say("connection lost; calling again")
            return true
        }
        return false
    }

    private func say(_ text: String) {
        if !settings.quiet { session.err.line(text.visibleLine) }
    }

    private func request(_ method: Method, _ params: JSON.Object) -> JSON {
        [
            "jsonrpc": "2.0", "id": 1, "method": .string(method.name), "params": .object(params),
        ]
    }

    private func printer(_ out: Stream) -> Printer {
        Printer(
            settings: settings, now: surroundings.clock.now(), glyphs: surroundings.glyphs,
            out: out, err: session.err)
    }

    // MARK: - What the program does itself

    private func run(_ builtIn: BuiltIn, to out: Stream) throws -> ExitCode {
        switch builtIn {
        case .help: try help(out)
        case .call: return try callByName(out)
        case .explain: try explain(out)
        case .completion:
            out.write(CompletionScript.text(invocation.params["shell"]?.string ?? ""))
        case .complete: complete(out)
        case .status: return try status(out)
        case .top: try top(out)
        case .plot: try plot(out)
        case .follow: try follow(out)
        case .pipe: return try Pipe(session: session).run(out)
        case .pluginTest:
            return try PluginTest(params: invocation.params, settings: settings, out: out).run()
        case .pluginNew: try PluginNew(params: invocation.params, out: out).run()
        case .narrowToken: out.line(try tokenCommand.narrowed().text)
        case .showToken: try showToken(out)
        }
        return .success
    }

    private func help(_ out: Stream) throws {
        let page = HelpPage(
            interface: try session.interface(), palette: out.palette,
            width: min(out.width ?? 80, 100))
        out.write(try page.text(invocation.texts("words").flatMap(CommandName.words)))
    }

    private func callByName(_ out: Stream) throws -> ExitCode {
        let words = [invocation.text("method")] + invocation.texts("params")
        let values = ValueReader(now: surroundings.clock.now(), bytes: surroundings.bytes)
        let call = try CallByName(interface: try session.interface(), values: values).read(words)
        guard let method = call.command.method else {
            preconditionFailure("A call by name always has a method.")
        }
        let runner = CommandRunner(
            session: session,
            invocation: Invocation(
                command: call.command, params: call.params, settings: settings))
        return try runner.call(method, call.params, to: out)
    }

    private func explain(_ out: Stream) throws {
        let interface = try session.interface()
        let words = invocation.texts("method").flatMap(CommandName.words)
        guard let command = interface.command(words) else {
            let name = words.joined(separator: ".")
            throw Failure.usage(
                "there is no method `\(name)`",
                hint: Spelling.hint(name, among: interface.commands.compactMap(\.method?.name)))
        }
        guard let method = command.method else { return try helpOn(command, out) }
        if settings.isStructured {
            return printer(out).print(
                Explanation(command: command, method: method).json, of: command, params: [:])
        }
        out.write(Explanation(command: command, method: method, palette: out.palette).text())
    }

    private func helpOn(_ command: Command, _ out: Stream) throws {
        let page = HelpPage(interface: try session.interface(), palette: out.palette)
        out.write(try page.text(command.words))
    }

    private func complete(_ out: Stream) {
        // Whoever is typing cannot use an error message, so a daemon that fails offers nothing.
        let interface = (try? session.interface()) ?? .offline
        let completer = Completer(interface: interface) { method, params in
            try? session.connected().call(method, params)
        }
        for candidate in completer.candidates(invocation.texts("line")) {
            out.line("\(candidate.text)\t\(candidate.help.visibleLine)")
        }
    }

    private func status(_ out: Stream) throws -> ExitCode {
        let loader = BoardLoader(
            daemon: try session.connected(), now: surroundings.clock.now(),
            machine: surroundings.machine)
        let board = try loader.load(changes: invocation.params["changes"]?.int ?? 5)
        if settings.isStructured {
            printer(out).print(board.json, of: command, params: [:])
        } else {
            let view = BoardView(
                board: board, now: surroundings.clock.now(), width: out.width,
                palette: out.palette, glyphs: surroundings.glyphs)
            out.write(view.render())
        }
        let isAsked = invocation.params["exit_code"] == true
        return isAsked && board.hasHardProblem ? .server : .success
    }

    private func top(_ out: Stream) throws {
        let params = invocation.params
        // The headline, the titles, and the line that the cursor stands on.
        let rows = params["rows"]?.int ?? out.height.map { $0 - 3 } ?? 100
        let answers = try session.connected().answers(Top.questions(params, rows: rows))
        let (list, stats) = (try answers[0].get(), try answers[1].get())
        if settings.isStructured {
            return printer(out).print(list, of: command, params: [:])
        }
        let view = TopView(
            top: Top(list: list, stats: stats), now: surroundings.clock.now(), width: out.width,
            palette: out.palette, glyphs: surroundings.glyphs)
        out.write(view.render())
    }

    private func plot(_ out: Stream) throws {
        let plot = try PlotCommand(
            params: invocation.params, now: surroundings.clock.now(), width: out.width ?? 80)
        let result = try session.connected().call("metric.query", plot.query)
        if settings.isStructured {
            return printer(out).print(result, of: command, params: [:])
        }
        guard var chart = plot.chart(result, surroundings.clock.zone, surroundings.glyphs) else {
            return session.err.line("no samples of \(plot.selector) in that time")
        }
        if let query = plot.stateQuery(of: chart) {
            chart.states =
                MetricSeries.all(try session.connected().call("metric.query", query))
                .first
        }
        out.write(ChartView(chart: chart, palette: out.palette).render())
    }

    private var tokenCommand: TokenCommand {
        TokenCommand(params: invocation.params, file: surroundings.file)
    }

    private func showToken(_ out: Stream) throws {
        let token = try tokenCommand.given()
        if settings.isStructured {
            return printer(out).print(TokenCommand.json(token), of: command, params: [:])
        }
        for line in TokenCommand.words(token) { out.line(line) }
    }

    private func follow(_ out: Stream) throws {
        let line = EventLine(
            settings: settings, palette: out.palette, zone: surroundings.clock.zone)
        try Follow(session: session, params: invocation.params, line: line).run(out)
    }
}
