import OpsJSONRPC

/// Understands `opsloop call METHOD name=value name:=JSON`.
struct CallByName {
    var interface: Interface
    var values: ValueReader

    func read(_ words: [String]) throws -> (command: Command, params: JSON.Object) {
        guard let name = words.first else { throw Failure.usage("call needs a method") }
        // A method that the document does not mention may exist all the same; the daemon decides.
        let unknown = Command(document: ["name": .string(name)])
        guard let command = interface.command(method: name) ?? unknown else {
            throw Failure.usage("call needs a method")
        }
        let given = try words.dropFirst().map { try assignment($0, command) }
        return (command, try values.read(given))
    }

    private func assignment(
        _ word: String, _ command: Command
    ) throws -> (parameter: Parameter, value: GivenValue) {
        guard let sign = word.firstIndex(of: "="), sign != word.startIndex else {
            throw Failure.usage("`\(word)` is neither name=value nor name:=JSON")
        }
        let isJSON = word[..<sign].hasSuffix(":")
        let name = String(isJSON ? word[..<sign].dropLast() : word[..<sign])
        let text = String(word[word.index(after: sign)...])
        // Without a schema a value is text; `:=` is there for all else.
        let parameter = command.parameters.first { $0.name == name } ?? Parameter(name, "", .text)
        return (parameter, isJSON ? .json(text) : .text(text))
    }
}
