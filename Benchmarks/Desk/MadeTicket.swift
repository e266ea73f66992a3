import OpsCore
import OpsJSONRPC

/// A ticket of a large help desk, the same for the same number in every run.
struct MadeTicket {
    static let queues = 20
    private static let people = 2000
    private static let agents = 100

    let number: Int
    let isRequest: Bool
    let state: String
    let title: String
    let description: String
    let resolution: String?
    let priority: Int
    /// The queue by its place, from 0.
    let queue: Int
    let requester: String
    let assignee: String
    /// The item that it affects, by its place, from 0.
    let item: Int
    let entries: [String]

    init(_ number: Int, entries count: Int, items: Int) {
        var text = MadeText(seed: UInt64(number) + 7)
        self.number = number
        isRequest = text.number(0..<10) < 3
        state = Self.state(text.number(0..<100))
        title = text.sentence(6)
        description = text.sentence(30)
        resolution = ["resolved", "closed"].contains(state) ? text.sentence(12) : nil
        priority = 1 + text.number(0..<5)
        queue = text.number(0..<Self.queues)
        requester = "person-\(text.number(0..<Self.people))"
        assignee = "agent-\(text.number(0..<Self.agents))"
        item = text.number(0..<items)
        entries = (0..<count).map { _ in text.sentence(15) }
    }

    /// Nine of ten are done, as at any desk that has been there for years.
    private static func state(_ percent: Int) -> String {
        switch percent {
        case ..<3: "new"
        case ..<8: "in_progress"
        case ..<10: "on_hold"
        case ..<15: "resolved"
        default: "closed"
        }
    }

    var kind: String { isRequest ? "request" : "incident" }
    var isOpen: Bool { resolution == nil }
    static func queueName(_ place: Int) -> String { "team-\(place)" }

    /// Three words of its text, as somebody who looks for it would choose them.
    var question: String {
        let words = description.split(separator: " ").map(String.init)
            .filter { !MadeText.commonest.contains($0) }
        return words.prefix(3).joined(separator: " ")
    }

    /// What search knows about it.
    func document(_ key: String) -> SearchDocument {
        SearchDocument(
            ref: Ref("ticket", key), title: title,
            body: ([description, resolution ?? ""] + entries).joined(separator: "\n"),
            labels: [key],
            facets: [
                "kind": kind, "state": state, "open": String(isOpen), "solved": String(!isOpen),
                "priority": String(priority), "queue": Self.queueName(queue),
                "requester": requester, "assignee": assignee,
            ])
    }
}
