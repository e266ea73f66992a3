internal import OpsCore
internal import OpsJSONRPC

/// What somebody has to agree to: a ticket as it was when they were asked.
struct Approval: Codable, Sendable, Equatable {
    /// How many have to agree.
    enum Mode: String, Codable, CaseIterable, Sendable {
        /// One of them.
        case any
        /// All of them.
        case all
        /// So many as ``Approval/needed`` says.
        case quorum
    }

    /// Where it stands.
    enum State: String, Codable, CaseIterable, Sendable {
        case pending, approved, rejected
        /// What was to be agreed to was changed, or somebody else has rejected it.
        case void
        /// The ticket went another way.
        case cancelled
    }

    /// What somebody said.
    struct Vote: Codable, Sendable, Equatable {
        /// What one can say.
        enum Choice: String, Codable, CaseIterable, Sendable {
            case approve, reject
        }

        /// Whose voice it is.
        var approver: String
        var vote: Choice
        var comment: String
        /// Who wrote it down, when that was somebody else.
        var recordedBy: String?
        var at: Instant
    }

    var ref: Ref
    /// The ticket's key.
    var ticket: String
    var mode: Mode
    /// How many have to agree.
    var needed: Int
    var approvers: [String]
    var state: State
    /// The SHA-256 of what is agreed to; it is void when the ticket has another one.
    var subjectHash: String
    /// Whether it also allows the change in a time that is frozen.
    var overridesFreeze: Bool
    /// The freezes that were there when it was asked for; it allows the change in no other one.
    var freezes: [Ref]
    var comment: String
    var requestedBy: String
    var votes: [Vote]
    var createdAt: Instant
    var updatedAt: Instant
    var generation: Int
}

extension Approval {
    static func ref(_ id: Int) -> Ref { Ref("approval", id) }

    /// The number behind the ref.
    var id: Int { Int(ref.key) ?? 0 }

    /// Who agreed.
    var consenting: [String] { votes.filter { $0.vote == .approve }.map(\.approver) }
}
