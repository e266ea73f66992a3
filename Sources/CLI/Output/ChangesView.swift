import OpsJSONRPC

/// Shows what an answer says of records that came, changed and went, a line for each: what
/// `check apply` did, or on a dry run would do.
struct ChangesView {
    var palette: Palette

    /// Nil when the answer is not about changes.
    func render(_ result: JSON) -> String? {
        guard let changes = result["changes"]?.array, let counts = result["counts"]?.object,
            changes.allSatisfy({ $0["action"]?.string != nil && $0["kind"]?.string != nil })
        else { return nil }
        var text = changes.map(line).joined()
        if let more = result["more_changes"]?.int, more > 0 {
            text += "and \(more) more: see --limit\n"
        }
        return text + rejections(result) + summary(counts) + "\n"
    }

    /// The records of a file that were left out, with what is wrong with them; a relation that leads to
    /// nothing leaves out no more than itself.
    private func rejections(_ result: JSON) -> String {
        guard let count = result["rejected"]?.int, count > 0 else { return "" }
        let mistakes = result["mistakes"]?.array ?? []
        let lines = mistakes.map { mistake in
            let text = "\(mistake["path"]?.string ?? ""): \(mistake["reason"]?.string ?? "")"
            return palette.paint(text.visibleLine, .failure) + "\n"
        }
        return lines.joined()
            + "\(count) record\(count == 1 ? " was" : "s were") left out, as a whole or in part\n"
    }

    private func line(_ change: JSON) -> String {
        let name = "\(change["kind"]?.string ?? "") \(change["name"]?.string ?? "")".visibleLine
        switch change["action"]?.string {
        case "create": return palette.paint("+ \(name)", .ok) + "\n"
        case "delete": return palette.paint("- \(name)", .failure) + "\n"
        default: return palette.paint("~ \(name)", .warning) + "\n" + differences(change)
        }
    }

    private func differences(_ change: JSON) -> String {
        let (before, after) = (change["before"]?.object ?? [:], change["after"]?.object ?? [:])
        let names = before.keys + after.keys.filter { before[$0] == nil }
        return names.map { name in
            let (old, new) = (before[name]?.text ?? "none", after[name]?.text ?? "none")
            return "    \(name): \(old) -> \(new)".visibleLine + "\n"
        }.joined()
    }

    private func summary(_ counts: JSON.Object) -> String {
        let parts = counts.compactMap { kind, numbers -> String? in
            let said = (numbers.object ?? [:]).filter { $0.key != "unchanged" && $0.value != 0 }
                .map { "\($0.value.text) \($0.key)" }
            return said.isEmpty ? nil : "\(kind.title): \(said.joined(separator: ", "))"
        }
        return parts.isEmpty ? "nothing to change" : parts.joined(separator: "; ")
    }
}
