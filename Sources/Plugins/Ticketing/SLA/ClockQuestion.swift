internal import OpsCore
internal import OpsJSONRPC

/// The query of a list of clocks: which of them, from where on; by what is due first.
struct ClockQuestion: Sendable {
    private(set) var sql: String
    private(set) var arguments: [(any SQLConvertible & Sendable)?]

    /// Asks for one clock more than the page takes, so that it is known whether there is a next.
    init(_ params: ListClocks) throws(RPCError) {
        sql = "WHERE c.state = ?"
        arguments = [params.state.rawValue]
        if let open = params.open { sql += " AND c.stopped_at IS \(open ? "" : "NOT ")NULL" }
        if let metric = params.metric {
            sql += " AND c.metric = ?"
            arguments.append(metric.rawValue)
        }
        if let cursor = params.cursor {
            let parts = cursor.split(separator: ":").map { Int($0) }
            guard parts.count == 2, let at = parts[0], let id = parts[1] else {
                throw .badMember("cursor", "is none of this method")
            }
            sql += " AND (c.sorted_at > ? OR c.sorted_at = ? AND c.id > ?)"
            arguments += [at, at, id]
        }
        sql += " ORDER BY c.sorted_at, c.id LIMIT ?"
        arguments.append(params.limit + 1)
    }

    /// The place of a clock, from which the next page goes on.
    static func cursor(_ clock: Clock) -> String {
        "\((clock.dueAt ?? clock.stoppedAt ?? clock.startedAt).milliseconds):\(clock.id)"
    }
}
