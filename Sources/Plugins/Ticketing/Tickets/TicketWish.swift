internal import OpsJSONRPC

/// What is asked for where a ticket comes, by a call or by a line of a file.
protocol TicketWish {
    var kind: TicketKind { get }
    var title: String { get }
    var description: String { get }
    var impact: Int { get }
    var urgency: Int { get }
    var priority: Int? { get }
    var priorityReason: String? { get }
    var requester: String? { get }
    var assignee: String? { get }
    var labels: [String: String] { get }
    var fields: JSON.Object { get }
    var channel: Channel { get }
    var source: String? { get }
}

extension CreateTicket: TicketWish {}
