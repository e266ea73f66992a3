internal import OpsCore
internal import OpsJSONRPC

/// Writes tickets as a file's text.
enum TicketFile {
    private static let columns = [
        "key", "kind", "state", "priority", "title", "description", "queue", "assignee",
        "requester", "impact", "urgency", "channel", "hold_reason", "resolution",
        "resolution_code", "labels", "fields", "created_at", "updated_at", "resolved_at",
        "closed_at", "work_ms",
    ]

    static func text(
        _ tickets: [(Ticket, workMs: Int)], as format: ExportTickets.Format
    ) -> String {
        let records = tickets.map { ticket, workMs in
            var members = ticket.json
            members["work_ms"] = .number(JSON.Number(workMs))
            return JSON.object(members)
        }
        switch format {
        case .jsonl: return records.map { $0.text + "\n" }.joined()
        case .csv:
            let rows = records.map { record in columns.map { cell(record[$0]) } }
            return ([columns] + rows).map(line).joined()
        }
    }

    private static func cell(_ value: JSON?) -> String {
        guard let value, !value.isNull else { return "" }
        if case .object(let members) = value, members.isEmpty { return "" }
        // In JSON a letter can be written otherwise and stays what it is.
        return value.string.map(safe)
            ?? guarded(value.text) { "\\u" + String(0x10000 + $0.value, radix: 16).dropFirst() }
    }

    /// A text that no spreadsheet takes for a formula; the apostrophe says so to all of them.
    ///
    /// Which separator a spreadsheet expects depends on where it was bought, and one that expects
    /// another one cuts cells where this file does not, whatever quotes say.
    static func safe(_ text: String) -> String {
        let isBlank =
            text.unicodeScalars.first.map { "\t\r\n".unicodeScalars.contains($0) } ?? false
        return (isBlank ? "'" : "") + guarded(text) { "'" + String($0) }
    }

    /// What a formula begins with, the wide forms of East Asian keyboards included.
    private static let formulas = Set("=+-@\u{FF1D}\u{FF0B}\u{FF0D}\u{FF20}".unicodeScalars)
    private static let separators = Set(",;\t\r\n".unicodeScalars)

    /// The text with every letter changed that begins a formula where some spreadsheet begins a cell.
    private static func guarded(
        _ text: String, _ change: (Unicode.Scalar) -> String
    ) -> String {
        guard text.unicodeScalars.contains(where: formulas.contains) else { return text }
        var (safe, isStart) = ("", true)
        for letter in text.unicodeScalars {
            if isStart, formulas.contains(letter) {
                safe += change(letter)
                isStart = false
            } else {
                safe.unicodeScalars.append(letter)
                isStart = separators.contains(letter) || (isStart && isPassedOver(letter))
            }
        }
        return safe
    }

    /// What a spreadsheet may take off before it looks at a cell.
    private static func isPassedOver(_ letter: Unicode.Scalar) -> Bool {
        switch letter.properties.generalCategory {
        case .control, .format, .spaceSeparator, .lineSeparator, .paragraphSeparator: true
        default: letter == "\""
        }
    }

    /// A line by RFC 4180.
    static func line(_ cells: [String]) -> String {
        cells.map { cell in
            let needsQuotes = cell.unicodeScalars.contains { "\",\r\n".unicodeScalars.contains($0) }
            guard needsQuotes else { return cell }
            return "\""
                + cell.split(separator: "\"", omittingEmptySubsequences: false)
                .joined(separator: "\"\"") + "\""
        }.joined(separator: ",") + "\r\n"
    }
}
