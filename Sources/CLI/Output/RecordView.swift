import OpsJSONRPC

/// Shows one record as names and values, with what is nested below.
struct RecordView {
    var text: CellText
    var width: Int?
    var palette: Palette

    func render(_ record: JSON, indent: Int = 0) -> String {
        guard let members = record.object else { return record.text + "\n" }
        let plain = members.filter { !isNested($0.value) }
        let nested = members.filter { isNested($0.value) }
        let longest = plain.map { $0.key.title.columns }.max() ?? 0
        var result = plain.map { line($0.key, record, longest, indent) }.joined()
        for (key, value) in nested {
            result += margin(indent) + palette.paint(key.title, .strong) + "\n"
            result += nestedText(value, indent + 2)
        }
        return result
    }

    private func line(_ key: String, _ record: JSON, _ longest: Int, _ indent: Int) -> String {
        let title = palette.paint(key.title.padded(to: longest), .quiet)
        if let lines = manyLines(record[key]) {
            let inner = margin(indent + longest + 2)
            return margin(indent) + title + "  " + lines.joined(separator: "\n" + inner) + "\n"
        }
        let cell = text.cell(key, in: record)
        return "\(margin(indent))\(title)  \(palette.paint(cell.text, cell.style))\n"
    }

    /// Long output keeps its lines.
    private func manyLines(_ value: JSON?) -> [Substring]? {
        guard let text = value?.string, text.contains("\n") else { return nil }
        return text.visibleLines.split(separator: "\n", omittingEmptySubsequences: false)
    }

    private func nestedText(_ value: JSON, _ indent: Int) -> String {
        guard let items = value.array else { return render(value, indent: indent) }
        let table = ListTable(items: items, columns: [], text: text)
            .table(width: width.map { max(20, $0 - indent) }, palette: palette)
        guard !table.titles.isEmpty else {
            return items.map { margin(indent) + $0.text + "\n" }.joined()
        }
        return table.render().split(separator: "\n").map { margin(indent) + $0 + "\n" }.joined()
    }

    /// Maps of plain values stand on one line (`env=prod`); the rest gets its own lines.
    private func isNested(_ value: JSON) -> Bool {
        switch value {
        case .null, .bool, .number, .string: false
        case .array(let values): values.contains { $0.object != nil || $0.array != nil }
        case .object(let members):
            members.contains { $0.value.object != nil || $0.value.array != nil }
                || members.count > 4
        }
    }

    private func margin(_ count: Int) -> String {
        String(repeating: " ", count: count)
    }
}
