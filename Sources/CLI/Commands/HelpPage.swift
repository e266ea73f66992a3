import OpsJSONRPC

/// The help of the whole program, of a noun, or of one command.
struct HelpPage {
    var interface: Interface
    var palette: Palette = .plain
    var width = 80

    /// The page for these words; a failure with a suggestion when there is no such command.
    func text(_ words: [String]) throws -> String {
        if let command = interface.command(words) { return page(command) }
        if words.isEmpty { return overview() }
        guard !interface.commands(under: words).isEmpty else { throw unknown(words) }
        return noun(words)
    }

    private func unknown(_ words: [String]) -> Failure {
        let name = words.joined(separator: " ")
        guard interface.isComplete else {
            return .unreachable(
                "there is no help on `\(name)`, because the daemon's commands are missing",
                hint: "start it with `opsloopd --data DIR`, or point --socket at it")
        }
        return .usage(
            "there is no command `\(name)`",
            hint: Spelling.hint(name, among: interface.visible.map(\.name))
                ?? "`opsloop help` lists the commands")
    }

    // MARK: - Overview

    private func overview() -> String {
        var text = "usage: opsloop COMMAND [options]\n\n"
        text += "Asks and steers opsloopd, the daemon for IT operations.\n"
        text += section("Commands", interface.visible.filter { $0.method == nil })
        for group in groups() { text += section(group.title, group.commands) }
        if !interface.isComplete {
            text +=
                "\nThe daemon's own commands are missing here, because opsloopd did not answer.\n"
        }
        text += heading("Options of every command") + rows(GlobalParameters.all)
        return text + "\n" + footer()
    }

    private func groups() -> [(title: String, commands: [Command])] {
        var groups: [(title: String, commands: [Command])] = []
        for command in interface.visible {
            guard let method = command.method, let word = command.words.first else { continue }
            let title = method.owner.map { "Commands of \($0)" } ?? "Commands on \(word)"
            if let index = groups.firstIndex(where: { $0.title == title }) {
                groups[index].commands.append(command)
            } else {
                groups.append((title, [command]))
            }
        }
        return groups
    }

    private func section(_ title: String, _ commands: [Command]) -> String {
        let longest = commands.map { $0.name.columns }.max() ?? 0
        let column = min(longest, 24) + 4
        return heading(title)
            + commands.map { row($0.name, $0.summary, column) }.joined()
    }

    private func footer() -> String {
        "`opsloop help COMMAND` explains one command.\n" + exitCodes()
    }

    private func exitCodes() -> String {
        hanging("Exit codes: ", ExitCode.legend + ".", indent: 12)
    }

    // MARK: - Nouns and commands

    private func noun(_ words: [String]) -> String {
        let name = words.joined(separator: " ")
        return "usage: opsloop \(name) VERB [options]\n"
            + section("Commands", interface.commands(under: words))
            + "\n`opsloop help \(name) VERB` explains one command.\n"
    }

    private func page(_ command: Command) -> String {
        var text = hanging("usage: ", command.usage, indent: 15)
        for paragraph in [command.summary] + command.notes where !paragraph.isEmpty {
            text += "\n" + paragraph.wrapped(to: width).map { $0 + "\n" }.joined()
        }
        text += effect(command)
        let parameters = command.parameters
        text += block("Arguments", parameters.filter { $0.isPositional || $0.takesRest })
        let options = parameters.filter { !$0.isPositional && !$0.takesRest }
        text += block("Options", options.filter(\.appliesTo.isEmpty))
        for type in types(options) {
            text += block(
                "Options for --type \(type)", options.filter { $0.appliesTo == type.list })
        }
        return text + general(command)
    }

    private func effect(_ command: Command) -> String {
        switch command.method?.effect {
        case .destroy: "\n" + palette.paint("This destroys something.", .warning) + "\n"
        case .read, .write, nil: ""
        }
    }

    /// The groups of record types that share options, in the order of the options.
    private func types(_ options: [Parameter]) -> [String] {
        var seen: [String] = []
        for option in options where !option.appliesTo.isEmpty {
            let group = option.appliesTo.joined(separator: "|")
            if !seen.contains(group) { seen.append(group) }
        }
        return seen
    }

    private func general(_ command: Command) -> String {
        let own = command.parameters.map { $0.flags[0] }
        let common = GlobalParameters.all.map { $0.flags[0] }.filter { !own.contains($0) }
            .map { "--\($0)" }.joined(separator: " ")
        return "\n" + hanging("Also: ", common, indent: 6) + exitCodes()
    }

    // MARK: - Parts

    private func heading(_ title: String) -> String {
        "\n" + palette.paint(title + ":", .strong) + "\n"
    }

    private func block(_ title: String, _ parameters: [Parameter]) -> String {
        parameters.isEmpty ? "" : heading(title) + rows(parameters)
    }

    private func rows(_ parameters: [Parameter]) -> String {
        let usages = parameters.map(label)
        let column = min(usages.map(\.columns).max() ?? 0, 28) + 4
        return zip(usages, parameters).map { row($0, details($1), column) }.joined()
    }

    private func label(_ parameter: Parameter) -> String {
        (parameter.letter.map { "-\($0), " } ?? "") + parameter.usage
    }

    private func details(_ parameter: Parameter) -> String {
        var parts: [String] = parameter.help.isEmpty ? [] : [parameter.help]
        if case .choice(let values) = parameter.type, !parameter.usage.contains("|") {
            parts.append("One of \(values.joined(separator: ", ")).")
        }
        if parameter.isBase64 { parts.append("@FILE and - send a file as it is.") }
        if parameter.type.isRepeatable, !parameter.takesRest, parameter.placeholder == nil {
            parts.append("Repeatable.")
        }
        if parameter.takesRest, !parameter.appliesTo.isEmpty {
            parts.append("For --type \(parameter.appliesTo.joined(separator: ", ")).")
        }
        if parameter.isRequired { parts.append("Required.") }
        if let standard = standard(parameter) { parts.append("Default: \(standard).") }
        return parts.joined(separator: " ")
    }

    private func standard(_ parameter: Parameter) -> String? {
        guard let value = parameter.standard, !value.isNull else { return nil }
        if parameter.type == .duration, let ms = value.int { return TimeText.span(ms) }
        if value == false || value.array?.isEmpty == true || value.object?.isEmpty == true {
            return nil
        }
        let text = value == true ? "yes" : value.string ?? value.text
        // A value that ends like a sentence would be lost in one.
        return text.last.map { $0.isLetter || $0.isNumber } == true ? text : "`\(text)`"
    }

    /// A name and its explanation, wrapped beside or below it.
    private func row(_ name: String, _ text: String, _ column: Int) -> String {
        let lines = text.wrapped(to: max(24, width - column))
        let head = "  " + name
        let margin = String(repeating: " ", count: column)
        guard let first = lines.first else { return head + "\n" }
        let rest = lines.dropFirst().map { margin + $0 + "\n" }.joined()
        if head.columns + 2 > column { return head + "\n" + margin + first + "\n" + rest }
        return head.padded(to: column) + first + "\n" + rest
    }

    private func hanging(_ title: String, _ text: String, indent: Int) -> String {
        let lines = text.wrapped(to: max(24, width - max(indent, title.columns)))
        let margin = String(repeating: " ", count: indent)
        return title + lines.joined(separator: "\n" + margin) + "\n"
    }
}

extension String {
    fileprivate var list: [String] {
        split(separator: "|").map(String.init)
    }
}
