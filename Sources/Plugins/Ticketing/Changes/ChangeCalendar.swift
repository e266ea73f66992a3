internal import OpsCore
internal import OpsJSONRPC

/// Changes and freezes of a time, as `change.calendar` answers.
struct ChangeCalendar: Codable, Sendable {
    /// How it is shown.
    enum Format: String, Codable, CaseIterable, Sendable {
        case table
        /// In iCalendar's language, RFC 5545.
        case ical
    }

    /// A change or a freeze.
    struct Entry: Codable, Sendable {
        /// `change` or `freeze`.
        var kind: String
        var ref: Ref
        /// The key or the name.
        var name: String
        var title: String
        var from: Instant
        var to: Instant
        /// Of a change.
        var state: TicketState?
        var type: ChangeType?
        var risk: Change.Risk?
        /// When it was changed last.
        var updatedAt: Instant
    }

    var items: [Entry]
    /// How many come after these; a later `from` shows them.
    var more: Int
    /// The calendar in iCalendar's language, for that format.
    var ical: String?
}

extension ChangeCalendar {
    /// Writes entries as RFC 5545 has them.
    static func ical(_ entries: [Entry]) -> String {
        var lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//OpsLoop//change.calendar//EN"]
        for entry in entries {
            lines += [
                "BEGIN:VEVENT", "UID:\(escaped(entry.ref.description))@opsloop",
                "DTSTAMP:\(stamp(entry.updatedAt))", "DTSTART:\(stamp(entry.from))",
                "DTEND:\(stamp(entry.to))",
                "SUMMARY:\(escaped("\(entry.name) \(entry.title)"))",
                "CATEGORIES:\(entry.kind)",
                "STATUS:\(isSettled(entry) ? "CONFIRMED" : "TENTATIVE")", "END:VEVENT",
            ]
        }
        lines.append("END:VCALENDAR")
        return lines.map(folded).joined()
    }

    private static func isSettled(_ entry: Entry) -> Bool {
        switch entry.state {
        case .scheduled, .implement, .review, .closed, nil: true
        default: false
        }
    }

    /// `20260105T090000Z`.
    private static func stamp(_ instant: Instant) -> String {
        instant.description.prefix(19).filter { $0 != "-" && $0 != ":" } + "Z"
    }

    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for character in text {
            switch character {
            case "\\", ";", ",": escaped += "\\\(character)"
            case "\n", "\r\n", "\r": escaped += "\\n"
            default: escaped.append(character)
            }
        }
        return escaped
    }

    /// A line has 75 bytes at most, and none may end within a character.
    private static func folded(_ line: String) -> String {
        var (folded, room) = ("", 75)
        for character in line.unicodeScalars {
            let size = UTF8.width(character)
            if size > room {
                folded += "\r\n "
                room = 74
            }
            folded.unicodeScalars.append(character)
            room -= size
        }
        return folded + "\r\n"
    }
}
