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
    ) throws -> String {
        let records = try tickets.map { ticket, workMs in
            var members = try JSON(encoding: ticket).object ?? [:]
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
        return value.string.map(safe) ?? value.text
    }

    /// A text that no spreadsheet takes for a formula; the apostrophe says so to all of them.
    static func safe(_ text: String) -> String {
        guard let first = text.unicodeScalars.first, "=+-@\t\r".unicodeScalars.contains(first)
        else { return text }
        return "'" + text
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
