internal import OpsCore

/// `approval.request`.
struct RequestApproval: Method {
    static let name = "approval.request"
    static let summary = "Asks people to agree to a request or a change as it is now."
    static let effect = Effect.write
    typealias Result = Approval

    @Param("The ticket's key or ref.", .positional, .example("CHG-7"))
    var ticket: String
    @Param("Who is asked, by the names with which they call.", .positional)
    var approvers: [String]
    @Param("How many have to agree: any of them, all, or a quorum.")
    var mode: Approval.Mode = .any
    @Param("How many, for a quorum.", .present(.range(1...1000)))
    var needed: Int?
    @Param("Whether it also allows the change in the freezes that its window lies in.")
    var overridesFreeze: Bool = false
    @Param("What they should know.", .length(0...4000))
    var comment: String = ""
}

/// `approval.decide`.
struct DecideApproval: Method {
    static let name = "approval.decide"
    static let summary = "Agrees or refuses; the ticket goes on as soon as it is decided."
    static let effect = Effect.write
    typealias Result = Approval

    @Param("The approval's ref.", .positional, .example("approval:3"))
    var approval: Ref
    @Param("What to say.", .positional)
    var vote: Approval.Vote.Choice
    @Param("Why.", .length(0...4000))
    var comment: String = ""
    @Param("Whose vote is written down, when it is not the caller's.", .present(.length(1...200)))
    var onBehalfOf: String?
}

/// `approval.get`.
struct GetApproval: Method {
    static let name = "approval.get"
    static let summary = "Shows an approval with its votes."
    static let effect = Effect.read
    typealias Result = Approval

    @Param("The approval's ref.", .positional)
    var approval: Ref
}

/// `approval.list`.
struct ListApprovals: Method {
    static let name = "approval.list"
    static let summary = "Lists approvals, the newest first."
    static let effect = Effect.read
    static let columns = ["ref", "ticket", "state", "mode", "needed", "approvers", "created_at"]
    typealias Result = Page<Approval>

    @Param("Only approvals that stand so.")
    var state: Approval.State?
    @Param("Only those of this ticket, by key or ref.")
    var ticket: String?
    @Param("Only those in which this one is asked.", .present(.length(1...200)))
    var approver: String?
    @Param("How many approvals to answer at most.", .range(1...1000))
    var limit: Int = 100
    @Param("Where to go on: next_cursor of the page before.")
    var cursor: String?
}

/// What the approvals add to the plugin.
enum ApprovalMethods {
    static let declarations = [
        MethodDeclaration(RequestApproval.self), MethodDeclaration(DecideApproval.self),
        MethodDeclaration(GetApproval.self), MethodDeclaration(ListApprovals.self),
    ]

    static let events = [
        EventDeclaration(
            "approval.requested", "Somebody is asked to agree: approval, ticket, state, approvers."),
        EventDeclaration("approval.decided", "Somebody has voted; the state says what it came to."),
        EventDeclaration("approval.voided", "What was agreed to was changed."),
        EventDeclaration("approval.cancelled", "The ticket went another way."),
        EventDeclaration("approval.restored", "It is waited for again: a merge was taken back."),
    ]

    static func bind(_ methods: MethodRegistrar, to desk: ApprovalDesk) {
        methods.handle(RequestApproval.self) { call, wish in
            try await desk.request(wish, for: call)
        }
        methods.handle(DecideApproval.self) { call, wish in
            try await desk.decide(wish, for: call)
        }
        methods.handle(GetApproval.self) { _, params in try await desk.get(params.approval) }
        methods.handle(ListApprovals.self) { _, params in try await desk.list(params) }
    }
}
