import OpsJSONRPC

/// Shows how a record came to be as it is: who did what and when, and below that what it changed.
struct HistoryView {
    var palette: Palette
    var width: Int?
    var now: Instant

    private static let indent = "    "
    /// These change whenever anything does.
    private static let unasked: Set<String> = ["generation", "updated_at"]

    /// Nil when the items are no changes of a record.
    func render(_ items: [JSON]) -> String? {
        guard !items.isEmpty, items.allSatisfy(Self.isChange) else { return nil }
        return items.map { item in
            let isNew = item["before"] == nil || item["before"] == .null
            return head(item) + differences(item["changed"]?.array ?? [], isNew: isNew)
        }.joined()
    }

    private static func isChange(_ item: JSON) -> Bool {
        item["principal"]?.string != nil && item["action"]?.string != nil
            && item["changed"]?.array != nil
    }

    /// What was taken back of a history, a record with its members after the other; nil when the
    /// answer says no such thing.
    func renderReverted(_ result: JSON) -> String? {
        guard let entries = result["entries"]?.array, let changes = result["changes"]?.array,
            changes.allSatisfy({ $0["ref"]?.string != nil && $0["changed"]?.array != nil })
        else { return nil }
        let done = entries.count == 1 ? "entry \(entries[0].text)" : "\(entries.count) entries"
        return changes.map(reverted).joined() + "\(done) taken back\n"
    }

    private func reverted(_ change: JSON) -> String {
        let ref = palette.paint((change["ref"]?.string ?? "").visibleLine, .strong)
        guard change["exists"] != false else {
            return "\(ref)  \(palette.paint("is gone", .failure))\n"
        }
        return "\(ref)\n" + differences(change["changed"]?.array ?? [], isNew: false)
    }

    private func head(_ item: JSON) -> String {
        let entry = palette.paint(item["entry"]?.text ?? "-", .accent)
        let at = CellText(now: now, isDetailed: true).cell("at", item["at"] ?? .null).text
        let who = (item["principal"]?.string ?? "").visibleLine
        let action = palette.paint((item["action"]?.string ?? "").visibleLine, .strong)
        var line = "\(entry)  \(palette.paint(at, .quiet))  \(who)  \(action)"
        if let outcome = item["outcome"]?.string, outcome != "ok" {
            line += "  " + palette.paint(outcome.visibleLine, .failure)
        }
        return line + "\n"
    }

    private func differences(_ changed: [JSON], isNew: Bool) -> String {
        let all = changed.filter { !isNew || text($0["after"]) != nil }
        let asked = all.filter { !Self.unasked.contains($0["member"]?.string ?? "") }
        return (asked.isEmpty ? all : asked).map { difference($0, isNew: isNew) }.joined()
    }

    private func difference(_ change: JSON, isNew: Bool) -> String {
        let after = text(change["after"]) ?? "none"
        let words = isNew ? after : "\(text(change["before"]) ?? "none") -> \(after)"
        let line = "\(Self.indent)\((change["member"]?.string ?? "").visibleLine): \(words)"
        return (width.map { line.fitted(to: max(40, $0)) } ?? line) + "\n"
    }

    /// Nil when there is nothing.
    private func text(_ value: JSON?) -> String? {
        switch value {
        case nil, .null: nil
        case .string(let text): text.isEmpty ? nil : text.visibleLine
        case .array(let values) where values.isEmpty: nil
        case .object(let members) where members.isEmpty: nil
        case let value?: value.text.visibleLine
        }
    }
}
