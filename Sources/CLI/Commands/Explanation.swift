import OpsJSONRPC

/// Explains a method as its schema describes it.
struct Explanation {
    var command: Command
    var method: Method
    var palette: Palette = .plain

    func text() -> String {
        var text = palette.paint(method.name, .strong) + "  \(command.summary)\n\n"
        text += "command  \(command.usage)\n"
        text += "effect   \(method.effect.rawValue)\n"
        if let owner = method.owner { text += "owner    \(owner)\n" }
        text += section("Parameters", parameters())
        text += section("Result", members(of: method.result, indent: 2))
        return text + section("Errors", errors())
    }

    /// The same for programs.
    var json: JSON {
        [
            "method": .string(method.name), "command": .string(command.name),
            "summary": .string(command.summary), "effect": .string(method.effect.rawValue),
            "parameters": .array(
                command.parameters.map { parameter in
                    [
                        "name": .string(parameter.name), "type": .string(parameter.type.title),
                        "required": .bool(parameter.isRequired), "help": .string(parameter.help),
                        "default": parameter.standard ?? nil,
                    ]
                }),
            "result": method.result ?? nil, "errors": .array(method.errors),
        ]
    }

    private func section(_ title: String, _ body: String) -> String {
        body.isEmpty ? "" : "\n" + palette.paint(title, .strong) + "\n" + body
    }

    private func parameters() -> String {
        guard !command.parameters.isEmpty else { return "  none\n" }
        let rows = command.parameters.map { parameter in
            [
                Cell(parameter.name), Cell(parameter.type.title), Cell(need(parameter)),
                Cell(parameter.help),
            ]
        }
        return indented(
            Table(titles: ["name", "type", "default", "meaning"], rows: rows, palette: palette))
    }

    private func need(_ parameter: Parameter) -> String {
        let only =
            parameter.appliesTo.isEmpty
            ? "" : "for " + parameter.appliesTo.joined(separator: ", ")
        if parameter.isRequired { return only.isEmpty ? "required" : "required \(only)" }
        guard let value = parameter.standard, !value.isNull else { return only }
        return only.isEmpty ? value.text : "\(value.text), \(only)"
    }

    private func members(of schema: JSON?, indent: Int) -> String {
        guard let schema else { return "" }
        if let items = schema["items"] { return members(of: items, indent: indent) }
        guard let properties = schema["properties"]?.object else { return "" }
        return properties.map { name, member in
            let type = ValueType(schema: member, name: name).title
            let help = member["description"]?.string.map { "  \($0)" } ?? ""
            let line = String(repeating: " ", count: indent) + "\(name): \(type)\(help)\n"
            return indent > 6 ? line : line + members(of: member, indent: indent + 2)
        }.joined()
    }

    private func errors() -> String {
        let rows = method.errors.map { error in
            [
                Cell(error["code"]?.text ?? "-", isRight: true),
                Cell(error["data"]?["kind"]?.string ?? "-"),
                Cell(error["message"]?.string ?? "-"),
            ]
        }
        guard !rows.isEmpty else { return "" }
        return indented(Table(titles: ["code", "kind", "message"], rows: rows, palette: palette))
    }

    private func indented(_ table: Table) -> String {
        table.render().split(separator: "\n").map { "  \($0)\n" }.joined()
    }
}
