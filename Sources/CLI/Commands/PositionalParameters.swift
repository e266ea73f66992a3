/// Gives the words without a dash to the parameters that take them, in order.
struct PositionalParameters {
    private let command: Command
    private var waiting: [Parameter]
    private let rest: Parameter?

    init(_ command: Command) {
        self.command = command
        rest = command.parameters.first(where: \.takesRest)
        waiting = command.parameters.filter { $0.isPositional && !$0.takesRest }
    }

    mutating func next(_ word: String) throws -> Parameter {
        guard let parameter = waiting.first else {
            let hint = rest.map { _ in "put what belongs to it after `--`" }
            throw Failure.usage("unexpected word `\(word)`", hint: hint, usage: command.usage)
        }
        if !parameter.type.isRepeatable { waiting.removeFirst() }
        return parameter
    }

    mutating func afterDashes(_ word: String) throws -> Parameter {
        if let rest { return rest }
        return try next(word)
    }

    /// Whether a word like `-5` or `-1h` is a value and no option.
    func takesNumber(_ word: String) -> Bool {
        !waiting.isEmpty && word.dropFirst().first?.isNumber == true
    }
}
