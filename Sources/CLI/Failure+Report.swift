import OpsJSONRPC

extension Failure {
    /// What a person reads: the error, one line per bad field, the usage line and a hint.
    func report(_ palette: Palette, flags: (String) -> String = { $0 }) -> String {
        var lines = [palette.paint("error:", .failure) + " " + headline.visibleLine]
        for field in fields {
            lines.append("  \(flags(field.path)): \(field.reason.visibleLine)")
        }
        if let usage { lines.append("usage: \(usage)") }
        if let hint { lines.append(palette.paint("hint:", .accent) + " " + hint.visibleLine) }
        return lines.joined(separator: "\n") + "\n"
    }

    /// A message that only strings the fields together gives way to the lines that name each.
    private var headline: String {
        guard !fields.isEmpty, fields.allSatisfy({ message.contains($0.reason) }) else {
            return message
        }
        return fields.count == 1 ? "a parameter is wrong" : "\(fields.count) parameters are wrong"
    }

    /// What a program reads: one line of JSON, the daemon's own error where it was one.
    var json: JSON {
        var error = rpc?.json.object ?? localError
        error["exit"] = .number(.init(exit.rawValue))
        return ["error": .object(error)]
    }

    private var localError: JSON.Object {
        var error: JSON.Object = ["kind": .string(kind), "message": .string(message)]
        if let hint { error["hint"] = .string(hint) }
        if let usage { error["usage"] = .string(usage) }
        return error
    }
}
