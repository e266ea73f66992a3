public import OpsJSONRPC

/// A fact that was announced in a write and committed with it.
public struct Event: Sendable, Hashable, Codable {
    /// The place in the event log: rises by one with every event, in commit order, and is never
    /// used twice.
    public var seq: Int64
    /// When the write that announced it ran.
    public var at: Instant
    /// What happened, as `noun.fact`: `check.state_changed`.
    public var topic: String
    /// The record that it happened to.
    public var ref: Ref?
    /// What listeners need to know, in the announcing plugin's own terms.
    public var data: JSON

    /// Creates an event from its parts.
    public init(seq: Int64, at: Instant, topic: String, ref: Ref?, data: JSON) {
        self.seq = seq
        self.at = at
        self.topic = topic
        self.ref = ref
        self.data = data
    }
}

extension Event {
    /// The columns to select, in a query over the table `event`, for ``init(row:)``.
    public static let columns = "seq, at, topic, ref, data"

    /// Reads an event from a row of the table `event`.
    public init(row: Row) throws {
        self.init(
            seq: try row.int64("seq"), at: try row.instant("at"), topic: try row.text("topic"),
            ref: try row.optionalRef("ref"), data: try row.json("data"))
    }
}
