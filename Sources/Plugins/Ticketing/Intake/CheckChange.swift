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
}
