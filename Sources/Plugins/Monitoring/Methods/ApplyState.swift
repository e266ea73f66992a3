internal import OpsCore
internal import OpsJSONRPC

/// `check.apply`.
struct ApplyState: Method {
    static let name = "check.apply"
    static let summary =
        "Makes targets, templates and checks what a desired state says, all or nothing."
    static let effect = Effect.destroy
    static let isIdempotent = true
    typealias Result = Applied

    @Param(
        "The state: lists of targets, templates and checks; a list that is there says all of its "
            + "records, the others go. A list that is absent leaves its records alone.",
        .positional)
    var state: JSON.Object
    @Param(
        "How many of the changes to answer at most; the counts are always complete.",
        .range(0...100_000))
    var limit: Int = 1000
}

/// What `check.apply` did, or on a dry run would do.
struct Applied: Codable, Sendable {
    /// One record that comes, changes or goes.
    struct Change: Codable, Sendable {
        /// What becomes of a record.
        enum Action: String, Codable, CaseIterable, Sendable {
            case create, update, delete
        }

        /// What is changed.
        enum Kind: String, Codable, CaseIterable, Sendable {
            case target, template, check
        }

        var action: Action
        var kind: Kind
        var name: String
        /// The members that differ, as they were and as they are; secrets covered.
        var before: JSON.Object?
        var after: JSON.Object?
    }

    /// The counts of each kind.
    var counts: DesiredCounts
    var changes: [Change]
    /// How many changes more there are than `changes` shows.
    var moreChanges: Int
}

/// `check.export`.
struct ExportState: Method {
    static let name = "check.export"
    static let summary =
        "Writes targets, templates and checks as a desired state that check.apply takes."
    static let effect = Effect.read
    typealias Result = JSON.Object
}
