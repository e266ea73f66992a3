import OpsJSONRPC

/// Says a value of a record the way a person reads it: the member's name tells the unit.
struct CellText {
    var now: Instant
    /// Whether times also say their date, as one record alone has room for.
    var isDetailed = false

    func cell(_ key: String, in record: JSON) -> Cell {
        guard let value = Fields.value(key, in: record), !value.isNull else {
            return Cell("-", .quiet)
        }
        if isState(key), let state = value.string { return self.state(state, key, record) }
        return cell(key, value)
    }

    func cell(_ key: String, _ value: JSON) -> Cell {
        switch value {
        case .null: Cell("-", .quiet)
        case .bool(let isTrue): Cell(isTrue ? "yes" : "no")
        case .number(let number): self.number(key, number)
        case .string(let text): self.text(key, text)
        case .array(let values): Cell(list(values))
        case .object(let members): Cell(pairs(members))
        }
    }

    private func isState(_ key: String) -> Bool {
        key == "state" || key.hasSuffix("_state")
    }

    /// A soft state also says which attempt it is, because it may still turn out to be nothing.
    private func state(_ state: String, _ key: String, _ record: JSON) -> Cell {
        var text = state.visibleLine
        if key == "state", record["state_type"]?.string == "soft",
            let attempt = record["attempt"]?.int
        {
            text += " \(attempt)" + (record["max_attempts"]?.int.map { "/\($0)" } ?? "")
        }
        return Cell(text, CheckState(rawValue: state)?.style)
    }

    private func number(_ key: String, _ number: JSON.Number) -> Cell {
        if key.hasSuffix("_ms") { return right(milliseconds(number)) }
        if key.hasSuffix("_bytes") { return right(Figures.bytes(number.double)) }
        if key.hasSuffix("_ratio") { return right(Figures.percent(number.double)) }
        return right(number.text)
    }

    private func milliseconds(_ number: JSON.Number) -> String {
        if let whole = number.int { return TimeText.span(whole) }
        let value = number.double
        if abs(value) < 1000 { return "\(Figures.fixed(value, 1))ms" }
        return Int(exactly: value.rounded()).map { TimeText.span($0) } ?? "\(number.text)ms"
    }

    private func right(_ text: String) -> Cell {
        Cell(text, isRight: true)
    }

    private func text(_ key: String, _ text: String) -> Cell {
        guard key.hasSuffix("_at") || key == "at", let instant = Instant(text) else {
            return Cell(text.visibleLine)
        }
        let relative = TimeText.relative(instant, now: now)
        return Cell(isDetailed ? "\(instant.shortText)  (\(relative))" : relative)
    }

    private func list(_ values: [JSON]) -> String {
        // Of members that changed, their names say more than their number.
        let members = values.compactMap { $0["member"]?.string }
        if !values.isEmpty, members.count == values.count {
            return members.joined(separator: ", ").visibleLine
        }
        if values.contains(where: { $0.object != nil || $0.array != nil }) {
            return values.count == 1 ? "1 entry" : "\(values.count) entries"
        }
        return values.isEmpty ? "-" : values.map(scalar).joined(separator: ", ")
    }

    private func pairs(_ members: JSON.Object) -> String {
        members.isEmpty
            ? "-"
            : members.map { "\($0.key.visibleLine)=\(scalar($0.value))" }.joined(separator: ", ")
    }

    private func scalar(_ value: JSON) -> String {
        if case .number(let number) = value, number.int == nil, number.text.utf8.count > 8 {
            return Figures.fixed(number.double, 3)
        }
        return (value.string ?? value.text).visibleLine
    }
}

extension Instant {
    /// "2026-11-21 01:12:45Z", without the milliseconds that no person reads.
    fileprivate var shortText: String {
        let text = description
        return "\(text.prefix(10)) \(text.dropFirst(11).prefix(8))Z"
    }
}
