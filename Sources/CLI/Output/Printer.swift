import OpsJSONRPC
import OpsToken

/// Prints what the daemon answered, in the format that was asked for.
struct Printer {
    var settings: Settings
    var now: Instant
    var glyphs: Glyphs
    var out: Stream
    var err: Stream

    func print(_ result: JSON, of command: Command, params: JSON.Object) {
        switch settings.output {
        case .json: out.line(Fields.select(settings.fields, from: result).prettyText)
        case .jsonl: printLines(Fields.select(settings.fields, from: result))
        case .yaml: out.write(YAMLWriter.text(Fields.select(settings.fields, from: result)))
        case .table: printForPeople(result, command)
        case nil: printBriefly(result, command, params)
        }
    }

    private func printLines(_ result: JSON) {
        guard let items = result["items"]?.array else { return out.line(result.text) }
        out.write(items.map { $0.text + "\n" }.joined())
    }

    private func printBriefly(_ result: JSON, _ command: Command, _ params: JSON.Object) {
        let graph = GraphView(palette: out.palette, glyphs: glyphs)
        if settings.fields.isEmpty, let text = graph.render(result) { return out.write(text) }
        let page = ContextView(palette: out.palette, now: now)
        if settings.fields.isEmpty, let text = page.render(result) { return out.write(text) }
        if settings.fields.isEmpty, result["format"] != nil, let file = result["text"]?.string {
            return out.write(file)
        }
        guard let method = command.method, method.effect != .read, settings.fields.isEmpty else {
            return printForPeople(result, command)
        }
        if let changes = ChangesView(palette: out.palette).render(result) {
            return out.write(changes)
        }
        if let trial = TrialView(
            palette: out.palette, glyphs: glyphs, width: out.width, now: now
        ).render(result) {
            return out.write(trial)
        }
        let brief = BriefLine(method: method, params: params, palette: out.palette)
        if let token = result["token"]?.string, token.hasPrefix(Token.prefix) {
            // Alone, so that it can be sent into a file; nothing can show it again.
            out.line(token)
            say(brief.text(result) ?? "")
        } else if let line = brief.text(result) {
            out.line(line)
        } else if result.object?.isEmpty ?? true {
            out.line("\(command.name): done")
        } else {
            printForPeople(result, command)
        }
    }

    private func printForPeople(_ result: JSON, _ command: Command) {
        guard let items = result["items"]?.array else {
            let shown = Fields.select(settings.fields, from: result)
            let text = CellText(now: now, isDetailed: true)
            return out.write(
                RecordView(text: text, width: out.width, palette: out.palette).render(shown))
        }
        warnAboutUnknownField(items)
        guard !items.isEmpty else {
            return say("no \(noun(of: command))")
        }
        let budgets = BudgetView(palette: out.palette, glyphs: glyphs, width: out.width)
        if settings.fields.isEmpty, let text = budgets.render(items) {
            out.write(text)
        } else {
            // A list whose columns are part of the answer, as a saved view has them, says so itself.
            let columns = result["columns"]?.array?.compactMap(\.string)
            write(items, columns: columns ?? command.method?.columns ?? [])
        }
        if let next = result["next_cursor"]?.string {
            say("more: repeat with --all, or with --cursor \(next)")
        }
    }

    private func write(_ items: [JSON], columns: [String]) {
        let wanted = settings.fields.isEmpty ? columns : settings.fields
        let list = ListTable(items: items, columns: wanted, text: CellText(now: now))
        out.write(list.table(width: out.width, palette: out.palette).render())
    }

    private func warnAboutUnknownField(_ items: [JSON]) {
        guard let field = Fields.unknown(settings.fields, in: items) else { return }
        let known = items.first?.object?.keys ?? []
        let hint =
            Spelling.hint(field, among: known) ?? "there are: \(known.joined(separator: ", "))"
        say("no item has a member `\(field)`; \(hint)")
    }

    private func say(_ text: String) {
        if !settings.quiet { err.line(text) }
    }

    /// `check list` has no "checks", `check history` no "check history".
    private func noun(of command: Command) -> String {
        guard command.words.last == "list", let noun = command.words.dropLast().last else {
            return command.name
        }
        return noun.hasSuffix("y") ? noun.dropLast() + "ies" : noun + "s"
    }
}
