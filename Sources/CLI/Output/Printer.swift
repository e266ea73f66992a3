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
        case .json: out.line(selected(result, command).prettyText)
        case .jsonl: writeLines(items(of: result, command) ?? [result])
        case .yaml: out.write(YAMLWriter.text(selected(result, command)))
        case .table: printForPeople(result, command)
        case nil: printBriefly(result, command, params)
        }
    }

    private func selected(_ result: JSON, _ command: Command) -> JSON {
        Fields.select(settings.fields, from: result, isList: command.answersList)
    }

    /// Records for programs, a line each.
    func writeLines(_ records: [JSON]) {
        let lines = records.map { record in
            Fields.select(settings.fields, from: record, isList: false).text + "\n"
        }
        out.write(lines.joined())
    }

    /// What a list holds; nil when the answer is no list.
    private func items(of result: JSON, _ command: Command) -> [JSON]? {
        command.answersList ? result["items"]?.array : nil
    }

    private func printBriefly(_ result: JSON, _ command: Command, _ params: JSON.Object) {
        guard settings.fields.isEmpty, let method = command.method else {
            return printForPeople(result, command)
        }
        if result["format"] != nil, let file = result["text"]?.string {
            write(file)
            return sayMore(result)
        }
        if let member = method.fileMember, let bytes = content(result[member]) {
            return write(bytes, result, member, command)
        }
        if let page = page(result, method) {
            out.write(page)
            return sayMore(result)
        }
        if method.effect == .read {
            printForPeople(result, command)
        } else {
            printOutcome(result, command, method, params)
        }
    }

    /// The answer as a page of its own kind; nil when it is of none.
    private func page(_ result: JSON, _ method: Method) -> String? {
        if let graph = GraphView(palette: out.palette, glyphs: glyphs).render(result) {
            return graph
        }
        guard method.effect != .read else {
            return ContextView(palette: out.palette, now: now).render(result)
                ?? RuleTrialView(palette: out.palette, width: out.width, now: now).render(result)
                ?? result["items"]?.array.flatMap(history.render)
        }
        return ChangesView(palette: out.palette).render(result)
            ?? TrialView(palette: out.palette, glyphs: glyphs, width: out.width, now: now)
            .render(result)
            ?? RiskView(
                palette: out.palette, width: out.width, now: now, columns: method.columns
            ).render(result) ?? history.renderReverted(result)
    }

    private var history: HistoryView {
        HistoryView(palette: out.palette, width: out.width, now: now)
    }

    /// What a write did, in a line where there is one.
    private func printOutcome(
        _ result: JSON, _ command: Command, _ method: Method, _ params: JSON.Object
    ) {
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
        guard let items = items(of: result, command) else {
            return printRecord(Fields.select(settings.fields, from: result, isList: false))
        }
        warnAboutUnknownField(items)
        let outcome = outcome(result, command)
        guard !items.isEmpty else {
            return outcome.map(printRecord) ?? say(nothing(command))
        }
        let budgets = BudgetView(palette: out.palette, glyphs: glyphs, width: out.width)
        if settings.fields.isEmpty, let text = budgets.render(items) {
            out.write(text)
        } else {
            // A list whose columns are part of the answer, as a saved view has them, says so itself.
            let columns = result["columns"]?.array?.compactMap(\.string)
            write(items, columns: columns ?? command.method?.columns ?? [])
        }
        if let outcome { printRecord(outcome) }
        sayMore(result)
    }

    private func printRecord(_ record: JSON) {
        let text = CellText(now: now, isDetailed: true)
        out.write(RecordView(text: text, width: out.width, palette: out.palette).render(record))
    }

    /// What a write says beside its list, such as how much it has seen.
    private func outcome(_ result: JSON, _ command: Command) -> JSON? {
        guard let method = command.method, method.effect != .read, settings.fields.isEmpty else {
            return nil
        }
        var members = result.object ?? [:]
        for name in ["items", "next_cursor"] { members[name] = nil }
        for (name, value) in members where value.array?.isEmpty == true { members[name] = nil }
        return members.isEmpty ? nil : .object(members)
    }

    // MARK: - Files

    /// A file as it is; a terminal gets none of the control characters that may stand in it.
    func write(_ file: String) {
        out.write(out.isTerminal ? file.visibleLines : file)
    }

    private func content(_ value: JSON?) -> [UInt8]? {
        value?.string.flatMap(Base64.decode)
    }

    /// The bytes of a file for a file or a pipe; a person gets what is known of it.
    private func write(_ bytes: [UInt8], _ result: JSON, _ member: String, _ command: Command) {
        guard out.isTerminal else { return out.writeBytes(bytes) }
        var rest = result.object ?? [:]
        rest[member] = nil
        printForPeople(.object(rest), command)
        say("its \(bytes.count) bytes go into a file: repeat with > FILE")
    }

    private func sayMore(_ result: JSON) {
        guard let next = result["next_cursor"]?.string else { return }
        say("more: repeat with --all, or with --cursor \(next)")
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

    /// `check list` has no checks; what else is asked for has no name in the words of the command.
    private func nothing(_ command: Command) -> String {
        guard command.words.last == "list", let noun = command.words.dropLast().last else {
            return "nothing found"
        }
        return "no " + (noun.hasSuffix("y") ? noun.dropLast() + "ies" : noun + "s")
    }
}
