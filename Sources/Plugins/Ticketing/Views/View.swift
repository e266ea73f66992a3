internal import OpsCore
internal import OpsJSONRPC

/// A list of tickets with a name: which, in what order, and what is shown of them.
struct View: Codable, Sendable, Equatable {
    var ref: Ref
    var name: String
    var description: String
    /// Who made it.
    var owner: String
    /// Whether all who work on tickets see it, or its owner alone.
    var shared: Bool
    /// What ticket.list is asked, but for the order and the page.
    var filter: JSON.Object
    var sort: ListTickets.Order
    /// The members of tickets that are shown.
    var columns: [String]
    var createdAt: Instant
    var updatedAt: Instant
    var generation: Int
}

extension View {
    /// What belongs to a call, and not to a view.
    private static let foreign: Set = ["sort", "limit", "cursor", "view"]

    private static let lists = FieldSet(ListTickets.self)

    static func ref(_ id: Int) -> Ref { Ref("view", id) }

    /// The number behind the ref.
    var id: Int { Int(ref.key) ?? 0 }

    /// Where the name is taken once: among those that are shared, or among the owner's.
    var scope: String { shared ? "" : owner }

    /// Refuses what cannot be, by the member.
    ///
    /// - Throws: `invalid_params`.
    func check() throws(RPCError) {
        if name.contains(":") { throw .badMember("name", "must not have a colon") }
        if let name = filter.keys.first(where: Self.foreign.contains) {
            throw .badMember("filter.\(name)", "does not belong to the filter")
        }
        do throws(RPCError) {
            _ = try applied(to: [:])
        } catch {
            throw error.moved(under: "filter")
        }
        guard columns.count <= Self.maxColumns, columns.allSatisfy({ $0.utf8.count <= 200 }) else {
            throw .badMember("columns", "must be at most \(Self.maxColumns), of 200 bytes each")
        }
        for (index, column) in columns.enumerated() where !Self.has(column) {
            let names = TicketFacts.ofTicket.joined(separator: ", ")
            throw .badMember(
                "columns[\(index)]",
                "is \"\(column)\"; there are \(names), labels, fields, "
                    + "labels.NAME, fields.NAME")
        }
    }

    private static func has(_ column: String) -> Bool {
        TicketFacts.ofTicket.contains(column) || ["labels", "fields"].contains(column)
            || column.hasPrefix("labels.") || column.hasPrefix("fields.")
    }

    /// What is asked with this view; what a caller gives goes before.
    func applied(to given: JSON.Object) throws(RPCError) -> ListTickets {
        var members = filter
        members["sort"] = .string(sort.rawValue)
        for (name, value) in given where name != "view" { members[name] = value }
        return try Self.lists.decode(members)
    }

    /// More fit on no screen.
    private static let maxColumns = 50

    /// The members that are shown, the key first.
    var shown: [String] { ["key"] + columns.filter { $0 != "key" } }

    /// What is shown of a ticket.
    func row(_ ticket: Ticket) -> JSON {
        let members = ticket.json
        var row: JSON.Object = [:]
        for column in shown { row[column] = Self.value(column, of: members) ?? .null }
        return .object(row)
    }

    private static func value(_ column: String, of members: JSON.Object) -> JSON? {
        for group in ["labels", "fields"] where column.hasPrefix("\(group).") {
            return members[group]?[String(column.dropFirst(group.count + 1))]
        }
        return members[column]
    }

    init(row: Row) throws {
        ref = Self.ref(try row.int("id"))
        name = try row.text("name")
        description = try row.text("description")
        owner = try row.text("owner")
        shared = try row.text("scope").isEmpty
        filter = try row.json("filter").object ?? [:]
        sort = try row.word("sort")
        columns = try row.json("columns").decode([String].self)
        createdAt = try row.instant("created_at")
        updatedAt = try row.instant("updated_at")
        generation = try row.int("generation")
    }
}
