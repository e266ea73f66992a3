internal import OpsCore
internal import OpsJSONRPC

/// What a line of a file asks for, read from members that were found right.
struct LineWish: TicketWish {
    private static let declared = FieldSet(CreateTicket.self)
    private let members: JSON.Object

    /// - Throws: `invalid_params` naming what `ticket.create` would not take.
    init(_ given: JSON.Object) throws(RPCError) { members = try Self.declared.completed(given) }

    var kind: TicketKind { filled(word("kind")) }
    var title: String { filled(text("title")) }
    var description: String { filled(text("description")) }
    var impact: Int { filled(members["impact"]?.int) }
    var urgency: Int { filled(members["urgency"]?.int) }
    var priority: Int? { members["priority"]?.int }
    var priorityReason: String? { text("priority_reason") }
    var requester: String? { text("requester") }
    var assignee: String? { text("assignee") }
    var labels: [String: String] {
        let labels = members["labels"]?.object ?? [:]
        return Dictionary(
            labels.compactMap { name, value in value.string.map { (name, $0) } },
            uniquingKeysWith: { first, _ in first })
    }
    var fields: JSON.Object { members["fields"]?.object ?? [:] }
    var channel: Channel { filled(word("channel")) }
    var source: String? { text("source") }

    /// What is required or has a default.
    private func filled<Value>(_ value: Value?) -> Value {
        guard let value else { preconditionFailure("A line was not completed.") }
        return value
    }

    private func text(_ member: String) -> String? { members[member]?.string }

    private func word<Word: RawRepresentable<String>>(_ member: String) -> Word? {
        text(member).flatMap(Word.init(rawValue:))
    }
}
