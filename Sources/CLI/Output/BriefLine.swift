import OpsJSONRPC

/// What a write says when all went well: `check:1 web created`.
struct BriefLine {
    var method: Method
    var params: JSON.Object
    var palette: Palette

    /// Nil when the answer names nothing that could be spoken of.
    func text(_ result: JSON) -> String? {
        let record = self.record(in: result)
        guard let subject = record["ref"]?.string ?? given(result) else { return nil }
        let name = record["name"]?.string.map { " \($0)" } ?? ""
        let done = "\(subject)\(name) \(PastTense.of(method.verb))".visibleLine
        return done + outcome(record)
    }

    /// Some answers wrap the record in a member called by its noun.
    ///
    /// What stands there may also be no record but what belongs to one: a change's is its ticket.
    private func record(in result: JSON) -> JSON {
        guard result["ref"] == nil, let inner = result[noun], inner.object != nil else {
            return result
        }
        if inner["ref"] != nil { return inner }
        let records = (result.object ?? [:]).filter { $0.value["ref"]?.string != nil }
        return records.count == 1 ? records[0].value : result
    }

    private var noun: String {
        method.name.split(separator: ".").dropLast().last.map(String.init) ?? ""
    }

    /// The record as the answer or the caller called it.
    private func given(_ result: JSON) -> String? {
        result[noun]?.string ?? params[noun]?.string
    }

    /// Whoever runs a check wants to know how it went.
    private func outcome(_ record: JSON) -> String {
        guard ["run", "test", "submit"].contains(method.verb),
            let state = record["state"]?.string
        else { return "" }
        let output = record["output"]?.string.map { "  \($0.visibleLine)" } ?? ""
        return ": " + palette.paint(state.visibleLine, CheckState(rawValue: state)?.style) + output
    }
}
