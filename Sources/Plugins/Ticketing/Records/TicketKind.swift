/// What a ticket is, in ITIL's words.
enum TicketKind: String, Codable, CaseIterable, Sendable {
    /// Something is broken or about to break.
    case incident
    /// Somebody wants something.
    case request
    /// The cause behind incidents.
    case problem
    /// Something is made different, on purpose.
    case change

    /// Whether it has to be known who asks: nobody agrees to what they ask for themselves.
    var needsRequester: Bool { self == .request || self == .change }

    /// What its keys begin with: `INC-142`.
    var prefix: String {
        switch self {
        case .incident: "INC"
        case .request: "REQ"
        case .problem: "PRB"
        case .change: "CHG"
        }
    }
}
