import OpsJSONRPC

/// One command: its words, what may follow them, and what it does.
///
/// Built-in commands and those of the daemon are the same type, so one parser, one help and one
/// completion serve both.
struct Command: Sendable, Equatable {
    enum Action: Sendable, Equatable {
        case call(Method)
        case builtIn(BuiltIn)
    }

    var words: [String]
    var summary: String
    var parameters: [Parameter]
    var action: Action
    /// Paragraphs that the help shows below the summary.
    var notes: [String] = []

    init(
        _ words: [String], _ summary: String, _ action: Action, parameters: [Parameter] = [],
        notes: [String] = []
    ) {
        self.words = words
        self.summary = summary
        self.action = action
        self.parameters = parameters
        self.notes = notes
    }

    /// Reads one entry of `methods` in the daemon's document; nil when it has no name.
    init?(document: JSON) {
        guard let method = Method(document: document) else { return nil }
        words = method.name.split(separator: ".").map { String($0).kebab }
        summary = document["summary"]?.string ?? ""
        parameters = (document["params"]?.array ?? []).compactMap(Parameter.init(document:))
        action = .call(method)
        if let text = document["description"]?.string, text != summary { notes = [text] }
    }

    /// The commands of one entry: by the method's name, and by the second one that it may have.
    static func all(document: JSON) -> [Command] {
        guard let command = Command(document: document) else { return [] }
        guard let name = document["x-command"]?.string else { return [command] }
        var other = command
        other.words = CommandName.words(name)
        return [command, other]
    }

    var name: String { words.joined(separator: " ") }

    var method: Method? {
        if case .call(let method) = action { method } else { nil }
    }

    /// Whether running it again and again changes nothing.
    var isRepeatable: Bool {
        switch action {
        case .call(let method): method.effect == .read
        case .builtIn(let builtIn): builtIn.isRepeatable
        }
    }

    var isList: Bool {
        parameters.contains { $0.name == "cursor" }
    }

    /// Whether `items` in its answers are what was asked for.
    var answersList: Bool { method?.answersList ?? true }

    func parameter(flag: String) -> Parameter? {
        parameters.first { $0.flags[0] == flag }
            ?? parameters.first { $0.flags.contains(flag) }
    }

    /// How a field of an error is spelled on the command line.
    func flag(forField path: String) -> String {
        let name = path.prefix { $0 != "." && $0 != "[" }
        guard let parameter = parameters.first(where: { $0.name == name }) else { return path }
        if parameter.isPositional { return parameter.usage + path.dropFirst(name.count) }
        return "--\(parameter.flags[0])" + path.dropFirst(name.count)
    }

    /// The one line that shows how to write it.
    var usage: String {
        var parts = ["opsloop", name]
        for parameter in parameters where parameter.isPositional && !parameter.takesRest {
            parts.append(parameter.isRequired ? parameter.usage : "[\(parameter.usage)]")
        }
        let options = parameters.filter { !$0.isPositional && !$0.takesRest }
        parts += options.filter(\.isAlwaysRequired).map(\.usage)
        if !options.allSatisfy(\.isAlwaysRequired) {
            parts.append("[options]")
        }
        for parameter in parameters where parameter.takesRest {
            parts.append("[\(parameter.usage)]")
        }
        return parts.joined(separator: " ")
    }
}
