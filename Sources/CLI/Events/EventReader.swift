import OpsJSONRPC

/// Keeps the place in the event log: what to subscribe to, what came, where to go on.
struct EventReader {
    private let topics: JSON
    private let wanted: Int?
    private var next: Int?
    private var count = 0
    /// The daemon ended the subscription, because the events came faster than they were read.
    private(set) var isCutOff = false

    init(params: JSON.Object) {
        topics = params["topics"] ?? ["*"]
        wanted = params["count"]?.int
        next = params["from_seq"]?.int
    }

    var isDone: Bool { wanted.map { count >= $0 } ?? false }

    var subscription: JSON.Object {
        var params: JSON.Object = ["topics": topics]
        if let next { params["from_seq"] = .number(.init(next)) }
        return params
    }

    /// The answer names the first event that will be sent, so that nothing is missed should the
    /// connection break before it comes.
    mutating func subscribed(_ answer: JSON) {
        isCutOff = false
        if next == nil { next = answer["seq"]?.int }
    }

    /// The event in a notification, if it holds one that was not seen yet.
    mutating func take(_ method: String, _ params: JSON) -> JSON? {
        if method == "event.lost" {
            isCutOff = true
            next = params["resume_seq"]?.int ?? next
        }
        guard method == "event.event", var event = params.object, !isDone else { return nil }
        if let seq = event["seq"]?.int {
            if let next, seq < next { return nil }
            next = seq + 1
        }
        count += 1
        event["subscription"] = nil
        return .object(event)
    }
}
