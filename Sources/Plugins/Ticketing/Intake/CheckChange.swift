internal import OpsCore
internal import OpsJSONRPC

/// What ticketing needs to know of a `check.state_changed`.
struct CheckChange: Decodable, Sendable, Equatable {
    /// Such as `check:12`.
    var check: Ref
    var name: String
    var labels: [String: String]
    /// `ok`, `warning`, `critical` or `unknown`.
    var state: String
    var output: String

    var isFailure: Bool { state != "ok" }

    /// The item that the check's label `ci` names.
    var item: String? { labels["ci"] }

    /// What is wrong with a place of a title; nil when a change fills it.
    static func complaint(about place: String) -> String? {
        ["name", "state", "output"].contains(place) || place.hasPrefix("labels.")
            ? nil : "there are name, state, output and labels.NAME"
    }

    /// What fills a place of a title; a label that is not there is empty.
    func value(of place: String) -> String {
        switch place {
        case "name": name
        case "state": state
        case "output": output
        default: labels[String(place.dropFirst("labels.".count))] ?? ""
        }
    }
}
