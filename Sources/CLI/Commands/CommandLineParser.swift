import OpsJSONRPC

/// Understands a command line: words first, then options and values in any order.
///
/// Options before the words are the program's own. After them a command's own options win, so that
/// `opsloop check create --timeout 5s` speaks of the check.
struct CommandLineParser {
    let interface: Interface
    let values: ValueReader

    private typealias Given = [(parameter: Parameter, value: GivenValue)]

    func parse(_ tokens: [String]) throws -> Invocation {
        var cursor = TokenCursor(tokens)
        var settings: Given = []
        let words = try readWords(&cursor, &settings)
        let isAsking = asksForHelp(cursor.rest) || settings.contains { $0.parameter.name == "help" }
        guard let command = interface.command(words) else {
            return try withoutCommand(words, cursor, settings, isAsking)
        }
        if isAsking { return help(for: words, try self.settings(settings)) }
        return try read(command, &cursor, settings)
    }

    /// The settings alone, as far as they can be read before the commands are known.
    func settingsOnly(_ tokens: [String]) -> Settings {
        var cursor = TokenCursor(tokens)
        var given: Given = []
        while let token = cursor.next(), token != "--" {
            guard let flag = Flag(token), let parameter = global(flag.name) else { continue }
            // An option of the command may share the spelling; the full parse reports mistakes.
            guard let value = try? value(of: parameter, flag, &cursor) else { continue }
            given.append((parameter, value))
        }
        return (try? self.settings(given)) ?? Settings()
    }

    /// The built-in command that these words begin with, whatever follows it.
    func builtIn(_ tokens: [String]) -> BuiltIn? {
        var cursor = TokenCursor(tokens)
        var settings: Given = []
        // Mistakes are reported by the full parse; here only the words matter.
        guard let words = try? readWords(&cursor, &settings),
            case .builtIn(let builtIn)? = interface.command(words)?.action
        else { return nil }
        return builtIn
    }

    /// Whether only help on the whole program, or its version, was asked for.
    func wantsOverview(_ tokens: [String]) -> Bool {
        tokens.allSatisfy { Flag($0) != nil } || asksForHelp(tokens)
    }

    // MARK: - Words

    private func readWords(
        _ cursor: inout TokenCursor, _ settings: inout Given
    ) throws -> [String] {
        var words: [String] = []
        while let token = cursor.peek, token != "--" {
            if let flag = Flag(token) {
                if interface.command(words) != nil { break }
                guard let parameter = global(flag.name) else { break }
                cursor.skip()
                settings.append((parameter, try value(of: parameter, flag, &cursor)))
            } else if interface.nextWords(after: words).contains(token)
                || interface.command(words + [token]) != nil
            {
                words.append(token)
                cursor.skip()
            } else {
                break
            }
        }
        return words
    }

    private func asksForHelp(_ tokens: [String]) -> Bool {
        tokens.prefix { $0 != "--" }.contains { $0 == "--help" || $0 == "-h" }
    }

    private func help(for words: [String], _ settings: Settings) -> Invocation {
        let command = BuiltInCommands.help
        return Invocation(
            command: command, params: ["words": .array(words.map { .string($0) })],
            settings: settings)
    }

    private func withoutCommand(
        _ words: [String], _ cursor: TokenCursor, _ given: Given, _ isAsking: Bool
    ) throws -> Invocation {
        let settings = try self.settings(given)
        if isAsking, !interface.isComplete {
            return help(for: words + cursor.rest.prefix { Flag($0) == nil }, settings)
        }
        let isAlone = words.isEmpty && cursor.peek == nil
        if settings.version || isAlone || isAsking && (!words.isEmpty || isOption(cursor.peek)) {
            return help(for: words, settings)
        }
        if let token = cursor.peek, Flag(token) != nil { throw unknownOption(token, nil) }
        throw unknownCommand(words, cursor.peek)
    }

    private func isOption(_ token: String?) -> Bool {
        token.map { Flag($0) != nil } ?? true
    }

    private func unknownCommand(_ words: [String], _ token: String?) -> Failure {
        let next = interface.nextWords(after: words)
        guard let token else {
            return .usage(
                "`\(words.joined(separator: " "))` needs one more word",
                hint: "one of: \(next.joined(separator: ", "))")
        }
        let full = (words + [token]).joined(separator: " ")
        let suggestion = Spelling.nearest(token, among: next)
            .map { "did you mean `opsloop \((words + [$0]).joined(separator: " "))`?" }
        return .usage(
            "there is no command `\(full)`",
            hint: suggestion ?? "`opsloop help` lists the commands")
    }

    // MARK: - Options and values

    private func read(
        _ command: Command, _ cursor: inout TokenCursor, _ settings: Given
    ) throws -> Invocation {
        var settings = settings
        var own: Given = []
        var positions = PositionalParameters(command)
        while let token = cursor.next() {
            if token == "--" {
                for value in cursor.takeRest() {
                    own.append((try positions.afterDashes(value), .text(value)))
                }
            } else if let flag = Flag(token), !positions.takesNumber(token) {
                try readOption(flag, token, command, &cursor, &own, &settings)
            } else {
                own.append((try positions.next(token), .text(token)))
            }
        }
        let params = try params(own, command)
        return Invocation(
            command: command, params: params, settings: try self.settings(settings))
    }

    private func readOption(
        _ flag: Flag, _ token: String, _ command: Command, _ cursor: inout TokenCursor,
        _ own: inout Given, _ settings: inout Given
    ) throws {
        if let parameter = owner(of: flag, command) {
            let value = try value(of: parameter, flag, &cursor)
            try requireUnit(value, parameter, flag)
            own.append((parameter, value))
        } else if let parameter = global(flag.name) {
            settings.append((parameter, try value(of: parameter, flag, &cursor)))
        } else {
            throw unknownOption(token, command)
        }
    }

    private func owner(of flag: Flag, _ command: Command) -> Parameter? {
        if let parameter = command.parameter(flag: flag.name) { return parameter }
        guard flag.name.hasPrefix("no-") else { return nil }
        let positive = command.parameter(flag: String(flag.name.dropFirst(3)))
        return positive?.type == .boolean ? positive : nil
    }

    private func global(_ name: String) -> Parameter? {
        GlobalParameters.all.first {
            $0.flags.contains(name) || $0.letter.map(String.init) == name
        }
    }

    private func value(
        of parameter: Parameter, _ flag: Flag, _ cursor: inout TokenCursor
    ) throws -> GivenValue {
        if let value = flag.value { return flag.isJSON ? .json(value) : .text(value) }
        if parameter.type == .boolean {
            return .flag(!flag.name.hasPrefix("no-") || parameter.flags.contains(flag.name))
        }
        if let implied = parameter.implied { return .text(optionalValue(&cursor) ?? implied) }
        guard let next = cursor.peek, !next.hasPrefix("--") else {
            throw Failure.usage(
                "--\(flag.name) needs a value: --\(flag.name) \(example(parameter))")
        }
        cursor.skip()
        return .text(next)
    }

    /// `--interval 10` could mean seconds as well as milliseconds; `--interval-ms 10` could not.
    private func requireUnit(_ value: GivenValue, _ parameter: Parameter, _ flag: Flag) throws {
        guard case .text(let text) = value, parameter.type == .duration,
            !flag.name.hasSuffix("-ms"), Double(text) != nil
        else { return }
        throw Failure.usage(
            "--\(flag.name) needs a unit, like \(text)s or \(text)m, not just `\(text)`")
    }

    private func example(_ parameter: Parameter) -> String {
        parameter.type.placeholder(parameter.name)
    }

    /// The next word belongs to an option with an optional value only when it begins like a number.
    private func optionalValue(_ cursor: inout TokenCursor) -> String? {
        guard let next = cursor.peek, next.first?.isNumber == true else { return nil }
        cursor.skip()
        return next
    }

    private func unknownOption(_ token: String, _ command: Command?) -> Failure {
        let name = Flag(token)?.name ?? token
        let flags = ((command?.parameters ?? []) + GlobalParameters.all).flatMap(\.flags)
        let hint = Spelling.nearest(name, among: flags).map { "did you mean `--\($0)`?" }
        let place = command.map { " for `\($0.name)`" } ?? ""
        return .usage(
            "there is no option `\(token)`\(place)", hint: hint, usage: command?.usage)
    }

    // MARK: - Typing

    private func settings(_ given: Given) throws -> Settings {
        try Settings(values.read(given))
    }

    private func params(_ given: Given, _ command: Command) throws -> JSON.Object {
        var failure: Failure?
        var params = JSON.Object()
        do {
            params = try values.read(given)
        } catch var problem as Failure {
            problem.usage = problem.usage ?? command.usage
            failure = problem
        }
        if let failure { throw failure }
        let missing = command.parameters.filter { $0.isRequired && params[$0.name] == nil }
            .filter { applies($0, params) }
        guard missing.isEmpty else { throw missingFailure(missing, command) }
        return params
    }

    /// A parameter of one type of record is only missed when that type was asked for.
    private func applies(_ parameter: Parameter, _ params: JSON.Object) -> Bool {
        parameter.appliesTo.isEmpty
            || parameter.appliesTo.contains(params["type"]?.string ?? "")
    }

    private func missingFailure(_ missing: [Parameter], _ command: Command) -> Failure {
        let names = missing.map(\.usage).joined(separator: ", ")
        let hint = "`opsloop \(command.name) --help` explains them"
        return .usage("missing \(names)", hint: hint, usage: command.usage)
    }
}
