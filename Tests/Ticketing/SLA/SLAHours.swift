import OpsCalendar
import OpsJSONRPC
import Testing

@testable import OpsTicketing

/// The hours of the reference's vectors: Berlin, Monday to Friday, 9 to 17.
enum SLAHours {
    static let week: [String: [String]] = Dictionary(
        uniqueKeysWithValues: ["mon", "tue", "wed", "thu", "fri"].map { ($0, ["09:00-17:00"]) })

    static let daysOff = ["2026-01-01", "2026-04-03", "2026-04-06", "2026-05-01", "2026-12-25"]

    static func berlin() throws -> WorkHours {
        let hours = [try BusinessHours("09:00", "17:00")]
        return .business(
            try BusinessCalendar(
                zone: TimeZone(named: "Europe/Berlin"),
                week: Array(repeating: hours, count: 5) + [[], []],
                days: Dictionary(uniqueKeysWithValues: daysOff.map { ($0, []) })))
    }

    /// A target in these hours: the first calendar's.
    static func target(
        _ metric: String, hours: Int, priority: Int? = nil, _ more: JSON.Object = [:]
    ) -> JSON {
        var target: JSON.Object = [
            "metric": .string(metric), "target_ms": .number(JSON.Number(hours * 3_600_000)),
            "calendar": "calendar:1",
        ]
        target["priority"] = priority.map { .number(JSON.Number($0)) }
        for (key, value) in more { target[key] = value }
        return .object(target)
    }

    /// A time of January 2026 in Berlin, such as `05 10:00`.
    static func at(_ text: String) throws -> Instant {
        let parts = text.split(separator: " ")
        let utc = try #require(Instant("2026-01-\(parts[0])T\(parts[1]):00.000Z"))
        return utc - .seconds(3600)
    }
}
