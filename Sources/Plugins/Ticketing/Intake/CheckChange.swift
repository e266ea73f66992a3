internal import OpsCore
internal import OpsJSONRPC

/// What ticketing needs to know of a `check.state_changed`, or of a `check.deleted`.
struct CheckChange: Decodable, Sendable, Equatable {
    /// What a check is whose definition was deleted; no check announces such a state.
    private static let gone = "deleted"

    /// Such as `check:12`.
    var check: Ref
    var name: String
    var labels: [String: String]
    /// `ok`, `warning`, `critical` or `unknown`.
    var state: String
    var output: String

    /// Whether there is no such check any more.
    var isGone: Bool { state == Self.gone }

    var isFailure: Bool { state != "ok" && !isGone }

    /// The item that the check's label `ci` names.
    var item: String? { labels["ci"] }

    /// What a ticket is told.
    var text: String { isGone ? "\(name) was deleted" : "\(name) is \(state): \(output)" }

    /// Why a ticket is resolved.
    var recovery: String { isGone ? text : "\(name) recovered: \(output)" }

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

extension CheckChange {
    /// Reads an event of a check.
    init(_ event: Event) throws {
        guard event.topic == "check.deleted" else {
            self = try event.data.decode()
            return
        }
        var members = event.data.object ?? [:]
        (members["state"], members["output"]) = (.string(Self.gone), "")
        self = try JSON.object(members).decode()
    }
}
