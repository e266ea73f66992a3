internal import OpsCore
internal import OpsJSONRPC

/// Which records of a kind a list is to have, in which order, and from where on.
struct RecordQuery: Sendable {
    /// The order of a list.
    enum Order: String, Codable, CaseIterable, Sendable {
        case name
        /// By class, and what is equal in that by number.
        case `class`
        /// The most critical first, what has no criticality last.
        case criticality
        /// What changed last first.
        case updated
    }

    let kind: RecordKind
    /// What a member has to be, by its name.
    var filters: [String: JSON] = [:]
    /// How the name has to begin.
    var prefix: String?
    var order = Order.name
    var limit: Int
    var cursor: String?

    /// What the rows are sorted by; never null, so that it can be compared.
    var sortExpression: String {
        switch order {
        case .name: "r.name"
        case .class: "r.class"
        case .criticality: "COALESCE(r.criticality, 9)"
        case .updated: "-r.updated_at"
        }
    }

    /// Where to go on: the last sort value and the last number.
    func place() throws(RPCError) -> (SQLValue, Int)? {
        guard let cursor else { return nil }
        let parts = (try? JSON.parse(cursor))?.array ?? []
        guard parts.count == 2, let id = parts[1].int,
            let value = parts[0].int?.sqlValue ?? parts[0].string?.sqlValue
        else { throw .badMember("cursor", "is no next_cursor of this list") }
        return (value, id)
    }

    static func cursor(after row: Row) throws -> String {
        let id = JSON.number(JSON.Number(try row.int("id")))
        switch try row.value("sort_key") {
        case .int(let value): return JSON.array([.number(JSON.Number(value)), id]).text
        case .text(let value): return JSON.array([.string(value), id]).text
        case .null, .double, .blob:
            preconditionFailure("Lists are sorted by texts and whole numbers only.")
        }
    }
}
