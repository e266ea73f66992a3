internal import OpsCore
internal import OpsJSONRPC

/// What a line of a file says of a ticket's time in another desk.
struct TicketPast: Declared {
    @Param("Where it stands.")
    var state: TicketState = .new
    @Param("What it waits for, on hold.")
    var holdReason: HoldReason?
    @Param("What was done.", .present(.length(1...100_000)))
    var resolution: String?
    @Param("How it came that it is resolved.")
    var resolutionCode: ResolutionCode?
    @Param("When it came in.")
    var createdAt: Instant?
    @Param("When it was resolved.")
    var resolvedAt: Instant?
    @Param("When it was over.")
    var closedAt: Instant?
    @Param("The time worked on it.", .present(.range(0...31_536_000_000)))
    var workMs: Int?
    @Param("What it is about, by name or ref.")
    var items: [String] = []

    /// The members that are no members of `ticket.create`, or are other ones there.
    static let names = [
        "state", "hold_reason", "resolution", "resolution_code", "created_at", "resolved_at",
        "closed_at", "work_ms", "items",
    ]

    private var isSolved: Bool { [.resolved, .rejected, .closed].contains(state) }
    private var isOver: Bool { [.closed, .cancelled].contains(state) }

    /// Gives a ticket that comes what was before.
    ///
    /// - Throws: `invalid_params` naming what does not fit together.
    func apply(to ticket: inout Ticket, at now: Instant) throws(RPCError) {
        let bad = mistakes(ticket.kind, at: now)
        guard bad.isEmpty else { throw .badMembers(bad) }
        // What was over by then had come in by then.
        ticket.createdAt = createdAt ?? resolvedAt ?? closedAt ?? now
        ticket.state = state
        ticket.holdReason = holdReason
        if isSolved {
            ticket.resolution = resolution
            ticket.resolutionCode =
                resolutionCode
                ?? TicketRules.code(ticket.kind, state == .rejected ? .rejected : .resolved)
            ticket.resolvedAt = resolvedAt ?? closedAt ?? now
        }
        if isOver { ticket.closedAt = closedAt ?? resolvedAt ?? now }
    }

    /// What does not fit together.
    func mistakes(_ kind: TicketKind, at now: Instant) -> [RPCError.FieldError] {
        var bad: [RPCError.FieldError] = []
        func refuse(_ path: String, _ reason: String) {
            bad.append(.init(path: path, reason: reason))
        }
        if !Self.states(of: kind).contains(state) {
            let names = Self.states(of: kind).map(\.rawValue).joined(separator: ", ")
            refuse("state", "\(kind.article) comes in as one of \(names)")
        }
        if (state == .onHold) != (holdReason != nil) {
            refuse("hold_reason", state == .onHold ? "is required on hold" : "belongs to on_hold")
        }
        if isSolved, resolution == nil {
            refuse("resolution", "is required: what was done, or why nothing is")
        }
        let solved: [(String, Bool)] = [
            ("resolution", resolution != nil), ("resolution_code", resolutionCode != nil),
            ("resolved_at", resolvedAt != nil),
        ]
        for (member, isSaid) in solved where isSaid && !isSolved {
            refuse(member, "belongs to what is resolved, rejected or closed")
        }
        if closedAt != nil, !isOver {
            refuse("closed_at", "belongs to what is closed or cancelled")
        }
        let times = [
            ("created_at", createdAt), ("resolved_at", resolvedAt), ("closed_at", closedAt),
        ].compactMap { name, time in time.map { (name, $0) } }
        for (name, time) in times where time > now { refuse(name, "lies in the future") }
        // Many programs write none as the year 1, from which clocks would count day by day.
        for (name, time) in times where time.milliseconds < 0 { refuse(name, "lies before 1970") }
        for (earlier, later) in zip(times, times.dropFirst()) where later.1 < earlier.1 {
            refuse(later.0, "lies before \(earlier.0)")
        }
        return bad
    }

    /// The states in which a ticket may come in.
    ///
    /// What lies between the planning and the end of a change takes approvals that nobody here gave.
    static func states(of kind: TicketKind) -> [TicketState] {
        guard kind != .change else { return [.new, .closed, .cancelled] }
        var (found, rest) = ([TicketState.new], [TicketState.new])
        while let state = rest.popLast() {
            let next = TicketRules.next(kind, from: state).filter { !found.contains($0) }
            found += next
            rest += next
        }
        return TicketState.allCases.filter(found.contains)
    }
}
