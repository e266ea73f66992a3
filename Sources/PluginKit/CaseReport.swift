public import OpsJSONRPC

/// What came of one case.
public struct CaseReport: Sendable {
    /// How a case ended.
    public enum Outcome: String, Sendable { case passed, failed, skipped }

    /// What the plugin was to do.
    public let name: String
    /// How it ended.
    public let outcome: Outcome
    /// What was found, or why there was nothing to try.
    public let detail: String?
    /// What was said, a line each.
    public let transcript: [String]
    /// The last that the plugin said on standard error, when the case failed.
    public let errors: [String]

    /// The report as JSON, without the transcript.
    public var json: JSON {
        var members: JSON.Object = [
            "name": .string(name), "outcome": .string(outcome.rawValue),
        ]
        members["detail"] = detail.map(JSON.string)
        if !errors.isEmpty { members["errors"] = .array(errors.map(JSON.string)) }
        return .object(members)
    }
}
