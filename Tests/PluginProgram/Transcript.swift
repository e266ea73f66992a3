import OpsJSONRPC
import OpsPluginKit

/// What was said in a run of the kit, without what differs from one run to the next.
enum Transcript {
    static func comparable(_ report: CaseReport) -> [String] {
        [report.name, report.outcome.rawValue] + report.transcript.map(comparable)
    }

    private static func comparable(_ line: String) -> String {
        guard let json = try? JSON.parse(String(line.dropFirst(2))) else { return line }
        return line.prefix(2) + comparable(json).text
    }

    private static func comparable(_ json: JSON) -> JSON {
        switch json {
        case .object(let members):
            // A dictionary has no order, so it has another one in every process.
            .object(
                JSON.Object(
                    members.sorted { $0.key < $1.key }.map { ($0.key, value($0.key, $0.value)) }))
        case .array(let elements): .array(elements.map(comparable))
        case .string(let text) where Instant(text) != nil: "TIME"
        default: json
        }
    }

    private static func value(_ key: String, _ json: JSON) -> JSON {
        ["state_dir", "pid", "duration_ms", "request_id"].contains(key)
            ? "DIFFERS" : comparable(json)
    }
}
