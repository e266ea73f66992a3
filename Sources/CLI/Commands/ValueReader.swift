import OpsJSONRPC

/// Types the values of a command line by their schemas.
struct ValueReader {
    var now: Instant
    /// Reads a file, or standard input for `-`.
    var bytes: (String) throws -> [UInt8]

    func read(_ given: [(parameter: Parameter, value: GivenValue)]) throws -> JSON.Object {
        var result = JSON.Object()
        for (parameter, value) in given {
            try add(value, parameter, to: &result)
        }
        return result
    }

    private func add(
        _ value: GivenValue, _ parameter: Parameter, to result: inout JSON.Object
    ) throws {
        let name = parameter.name
        switch value {
        case .flag(let isOn): result[name] = .bool(isOn)
        case .json(let text): result[name] = try json(text, parameter, hint: Self.quoting)
        case .text(let text):
            let typed = try typed(text, parameter)
            switch (parameter.type, result[name]) {
            case (.list, .array(let before)?): result[name] = .array(before + (typed.array ?? []))
            case (.map, .object(let before)?): result[name] = merged(before, typed)
            default: result[name] = typed
            }
        }
    }

    private func merged(_ before: JSON.Object, _ more: JSON) -> JSON {
        var all = before
        for (key, value) in more.object ?? [:] { all[key] = value }
        return .object(all)
    }

    /// One value of one parameter.
    func typed(_ text: String, _ parameter: Parameter) throws -> JSON {
        if parameter.isSecret { return try secret(text, parameter) }
        // What stands after `--` belongs to somebody else's program and is passed on as it is.
        if parameter.takesRest { return .array([.string(text)]) }
        if parameter.isContent, text == "-" || text.hasPrefix("@") {
            let path = text == "-" ? text : String(text.dropFirst())
            return .string(
                parameter.isBase64 ? Base64.encode(try bytes(path)) : try file(path))
        }
        return try typed(text, parameter.type, parameter)
    }

    private func file(_ path: String) throws -> String {
        try InputFile.text(try bytes(path), of: path)
    }

    private func typed(_ text: String, _ type: ValueType, _ parameter: Parameter) throws -> JSON {
        switch type {
        case .text: .string(text)
        case .integer: try integer(text, parameter)
        case .number: try number(text, parameter)
        case .boolean: try boolean(text, parameter)
        case .instant: .string(try instant(text, parameter).description)
        case .duration: try duration(text, parameter)
        case .choice(let values): try choice(text, values, parameter)
        case .list(let element): try list(text, element, parameter)
        case .map(let value): try map(text, value, parameter)
        case .json: try document(text, parameter)
        }
    }

    // MARK: - Scalars

    private func integer(_ text: String, _ parameter: Parameter) throws -> JSON {
        guard let number = JSON.Number(text: text), number.int != nil else {
            throw wrong(parameter, text, "a whole number")
        }
        return .number(number)
    }

    private func number(_ text: String, _ parameter: Parameter) throws -> JSON {
        guard let number = JSON.Number(text: text) else { throw wrong(parameter, text, "a number") }
        return .number(number)
    }

    private func boolean(_ text: String, _ parameter: Parameter) throws -> JSON {
        switch text.lowercased() {
        case "true", "yes", "on", "1": return true
        case "false", "no", "off", "0": return false
        default: throw wrong(parameter, text, "true or false")
        }
    }

    private func duration(_ text: String, _ parameter: Parameter) throws -> JSON {
        if let number = JSON.Number(text: text), number.int != nil { return .number(number) }
        guard let ms = TimeText.milliseconds(text) else {
            throw wrong(parameter, text, "a duration like 500ms, 10s, 5m or 2h")
        }
        return .number(.init(ms))
    }

    private func instant(_ text: String, _ parameter: Parameter) throws -> Instant {
        if text == "now" { return now }
        if let instant = Instant(text) ?? Instant(text + "T00:00:00Z") { return instant }
        let isPast = text.hasPrefix("-")
        let size = isPast || text.hasPrefix("+") ? String(text.dropFirst()) : text
        guard let ms = TimeText.milliseconds(size), size != text else {
            throw wrong(parameter, text, "a time like 2026-11-21T08:00:00Z, -1h or now")
        }
        return Instant(milliseconds: now.milliseconds + Int64(isPast ? -ms : ms))
    }

    private func choice(
        _ text: String, _ values: [String], _ parameter: Parameter
    ) throws -> JSON {
        if values.contains(text) { return .string(text) }
        throw Failure.usage(
            "\(spelling(parameter)) is one of \(values.joined(separator: ", ")), not `\(text)`",
            hint: Spelling.hint(text, among: values))
    }

    private func secret(_ text: String, _ parameter: Parameter) throws -> JSON {
        guard text == "-" || text.hasPrefix("@") else {
            throw Failure.usage(
                "\(spelling(parameter)) is secret and does not belong on a command line",
                hint: "use @FILE, or - for standard input")
        }
        let content = try file(text == "-" ? text : String(text.dropFirst()))
        // What is in the file is the value, as it would stand on the command line.
        return try typed(
            content.hasSuffix("\n") ? String(content.dropLast()) : content, parameter.type,
            parameter)
    }

    // MARK: - Lists, maps and JSON

    private func list(
        _ text: String, _ element: ValueType, _ parameter: Parameter
    ) throws -> JSON {
        if text.hasPrefix("[") || text.hasPrefix("@") || text == "-" || !element.isScalar {
            let value = try document(text, parameter)
            return value.array == nil ? .array([value]) : value
        }
        return .array(
            try Self.parts(text).map { try typed($0, element, parameter) })
    }

    /// Splits at commas; `\,` is a comma that belongs to the value.
    private static func parts(_ text: String) -> [String] {
        var parts = [""]
        var isEscaped = false
        for character in text {
            if character == ",", !isEscaped {
                parts.append("")
            } else if character == "\\", !isEscaped {
                isEscaped = true
                continue
            } else {
                if isEscaped, character != "," { parts[parts.count - 1].append("\\") }
                parts[parts.count - 1].append(character)
            }
            isEscaped = false
        }
        if isEscaped { parts[parts.count - 1].append("\\") }
        return parts
    }

    private func map(_ text: String, _ value: ValueType, _ parameter: Parameter) throws -> JSON {
        if text.hasPrefix("{") || text.hasPrefix("@") || text == "-" {
            return try document(text, parameter)
        }
        guard let sign = text.firstIndex(of: "="), sign != text.startIndex else {
            throw wrong(parameter, text, "KEY=VALUE")
        }
        let content = try typed(String(text[text.index(after: sign)...]), value, parameter)
        return .object(
            [(String(text[..<sign]), content)].reduce(into: JSON.Object()) { $0[$1.0] = $1.1 })
    }

    private func document(_ text: String, _ parameter: Parameter) throws -> JSON {
        if text == "-" { return try content(of: "-", parameter) }
        if text.hasPrefix("@") { return try content(of: String(text.dropFirst()), parameter) }
        return try json(text, parameter, hint: hint(for: text))
    }

    private func hint(for text: String) -> String {
        (try? file(text)) != nil ? "@\(text) reads the file" : Self.quoting
    }

    private static let quoting = "quote it for the shell, or use @FILE or - for standard input"

    /// A file is YAML, unless it is JSON by its name or its first character: in YAML, JSON's strict
    /// rules would not hold.
    private func content(of path: String, _ parameter: Parameter) throws -> JSON {
        let text = try file(path)
        let first = text.first { !$0.isWhitespace }
        if path.hasSuffix(".json") || first == "{" || first == "[" {
            return try json(text, parameter)
        }
        do {
            return try YAMLReader.read(text)
        } catch let refusal as YAMLReader.Refusal {
            throw Failure.usage("\(spelling(parameter)) is no valid YAML: \(refusal)")
        }
    }

    private func json(
        _ text: String, _ parameter: Parameter, hint: @autoclosure () -> String? = nil
    ) throws -> JSON {
        do {
            return try JSON.parse(text)
        } catch {
            throw Failure.usage("\(spelling(parameter)) is no valid JSON: \(error)", hint: hint())
        }
    }

    private func wrong(_ parameter: Parameter, _ text: String, _ wanted: String) -> Failure {
        .usage("\(spelling(parameter)) takes \(wanted), not `\(text)`")
    }

    private func spelling(_ parameter: Parameter) -> String {
        parameter.isPositional ? parameter.usage : "--\(parameter.flags[0])"
    }
}
