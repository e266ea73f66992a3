import OpsJSONRPC

/// Says what can follow on a half-typed command line.
struct Completer {
    struct Candidate: Equatable {
        var text: String
        var help: String

        init(_ text: String, _ help: String = "") {
            self.text = text
            self.help = help
        }
    }

    var interface: Interface
    /// Asks the daemon; nil when it does not answer, which is nobody's business while typing.
    var ask: (_ method: String, _ params: JSON.Object) -> JSON?

    /// The candidates for the last word, which may be empty or half typed.
    func candidates(_ line: [String]) -> [Candidate] {
        let current = line.last ?? ""
        let before = Array(line.dropLast())
        let place = CompletionPlace(before, interface)
        return all(place, current).filter { $0.text.hasPrefix(current) && $0.text != current }
    }

    private func all(_ place: CompletionPlace, _ current: String) -> [Candidate] {
        if let parameter = place.waiting { return values(of: parameter, prefix: "") }
        if let assigned = assigned(current, place) { return assigned }
        if current.hasPrefix("-") { return options(place) }
        guard !place.isPastWords else {
            return place.positional.map { values(of: $0, prefix: "") } ?? []
        }
        let words = interface.nextWords(after: place.words).map { word in
            Candidate(word, summary(place.words + [word]))
        }
        return words + (place.positional.map { values(of: $0, prefix: "") } ?? [])
    }

    /// `--type=ht` completes the value behind the sign.
    private func assigned(_ current: String, _ place: CompletionPlace) -> [Candidate]? {
        guard let flag = Flag(current), flag.value != nil, current.hasPrefix("--") else {
            return nil
        }
        guard let parameter = place.parameter(flag.name) else { return [] }
        return values(of: parameter, prefix: "--\(flag.name)=")
    }

    private func summary(_ words: [String]) -> String {
        interface.command(words)?.summary ?? ""
    }

    // MARK: - Options

    private func options(_ place: CompletionPlace) -> [Candidate] {
        let own = place.command?.parameters.filter { !$0.isPositional && !$0.takesRest } ?? []
        let offered = own.filter { place.allows($0) } + GlobalParameters.all
        var seen: Set<String> = []
        return offered.flatMap(spellings).filter { seen.insert($0.text).inserted }
    }

    private func spellings(_ parameter: Parameter) -> [Candidate] {
        guard let flag = parameter.flags.first else { return [] }
        let name = parameter.standard == true ? "--no-\(flag)" : "--\(flag)"
        return [Candidate(name, parameter.help)]
    }

    // MARK: - Values

    private func values(of parameter: Parameter, prefix: String) -> [Candidate] {
        let found =
            switch parameter.type {
            case .choice(let values), .list(.choice(let values)): values.map { Candidate($0) }
            case .boolean: [Candidate("true"), Candidate("false")]
            case .text, .integer, .number, .instant, .duration, .list, .map, .json:
                named(parameter.name)
            }
        return found.map { Candidate(prefix + $0.text, $0.help) }
    }

    private func named(_ name: String) -> [Candidate] {
        switch name {
        case "method": methods()
        case "words": interface.visible.compactMap(\.words.first).map { Candidate($0) }
        default: records(noun: name)
        }
    }

    private func methods() -> [Candidate] {
        interface.commands.compactMap { command in
            command.method.map { Candidate($0.name, command.summary) }
        }
    }

    /// The names of the records that a parameter called by their noun takes.
    private func records(noun: String) -> [Candidate] {
        let noun = noun.singular
        guard interface.command(method: "\(noun).list") != nil,
            let items = ask("\(noun).list", [:])?["items"]?.array
        else { return [] }
        return items.compactMap { item in
            guard let text = item["name"]?.string ?? item["ref"]?.string else { return nil }
            return Candidate(text, item["type"]?.string ?? "")
        }
    }
}
