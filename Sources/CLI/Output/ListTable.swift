import OpsJSONRPC

/// Shows the items of a list as a table.
struct ListTable {
    var items: [JSON]
    /// The columns that the method suggests, or that the caller asked for.
    var columns: [String]
    var text: CellText

    private static let mostColumns = 7
    private static let unasked: Set<String> = ["generation", "created_at", "updated_at"]

    func table(width: Int?, palette: Palette) -> Table {
        if items.allSatisfy({ $0.object == nil }) { return plainTable(width, palette) }
        let columns = columns.isEmpty ? guessed() : columns
        return Table(
            titles: columns.map(\.title),
            rows: items.map { item in columns.map { text.cell($0, in: item) } },
            width: width, palette: palette)
    }

    /// A list of words or numbers has one column without a title.
    private func plainTable(_ width: Int?, _ palette: Palette) -> Table {
        Table(
            titles: ["value".title], rows: items.map { [text.cell("value", $0)] }, width: width,
            palette: palette)
    }

    /// The first plain members of the items, in their own order.
    private func guessed() -> [String] {
        var columns: [String] = []
        for item in items {
            for (key, value) in item.object ?? [:]
            where !columns.contains(key) && isPlain(value) && !Self.unasked.contains(key) {
                columns.append(key)
            }
        }
        return Array(columns.prefix(Self.mostColumns))
    }

    private func isPlain(_ value: JSON) -> Bool {
        switch value {
        case .null, .bool, .number, .string: true
        case .array, .object: false
        }
    }
}
