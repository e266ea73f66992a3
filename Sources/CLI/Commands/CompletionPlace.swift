/// Where on the command line somebody is typing.
struct CompletionPlace {
    private(set) var words: [String] = []
    private(set) var command: Command?
    /// The option that the next word belongs to.
    private(set) var waiting: Parameter?
    private var positions = 0
    private var type: String?

    init(_ before: [String], _ interface: Interface) {
        for token in before { take(token, interface) }
    }

    private mutating func take(_ token: String, _ interface: Interface) {
        if let parameter = waiting {
            if parameter.name == "type" { type = token }
            waiting = nil
        } else if let flag = Flag(token) {
            takeOption(flag)
        } else if positions == 0, interface.nextWords(after: words).contains(token) {
            words.append(token)
            command = interface.command(words)
        } else {
            positions += 1
        }
    }

    private mutating func takeOption(_ flag: Flag) {
        guard let parameter = parameter(flag.name) else { return }
        if parameter.name == "type" { type = flag.value }
        let takesNext = parameter.type != .boolean && parameter.implied == nil
        waiting = flag.value == nil && takesNext ? parameter : nil
    }

    /// Whether a word came that is no part of a command's name.
    var isPastWords: Bool { positions > 0 }

    func parameter(_ flag: String) -> Parameter? {
        command?.parameter(flag: flag)
            ?? GlobalParameters.all.first {
                $0.flags.contains(flag) || $0.letter.map(String.init) == flag
            }
    }

    /// The parameter that the next plain word goes to.
    var positional: Parameter? {
        let all = command?.parameters.filter { $0.isPositional && !$0.takesRest } ?? []
        if positions < all.count { return all[positions] }
        return all.last.flatMap { $0.type.isRepeatable ? $0 : nil }
    }

    /// Options of another type of record are not offered once the type is known.
    func allows(_ parameter: Parameter) -> Bool {
        guard let type, !parameter.appliesTo.isEmpty else { return true }
        return parameter.appliesTo.contains(type)
    }
}
