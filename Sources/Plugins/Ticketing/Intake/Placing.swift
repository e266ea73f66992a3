internal import OpsCore
internal import OpsJSONRPC

/// What an entry of the audit log says about where a ticket was put.
struct Placing {
    /// Whose doing it was.
    enum Doer {
        case person
        /// A trigger that answered to a call.
        case answer
        /// A plugin, or a trigger to which time had come.
        case program
    }

    /// What says where a ticket is.
    static let members = ["state", "assignee", "queue"]

    /// Where it was; nil of a ticket that is new.
    var old: [String: JSON]?
    var new: [String: JSON]
    var doer: Doer
    /// Whether it takes something back.
    var takesBack = false
    /// Whether the intake took a ticket up again that had recovered: whoever had it was done with it.
    var beginsAnew = false
}

extension Placing {
    /// Reads a row of the audit log.
    init(row: Row) throws {
        let (before, after) = (try row.optionalJSON("before"), try row.json("after"))
        let principal = Principal(try row.text("principal"))
        let method = try row.optionalText("method")
        old = before.map(Self.place(of:))
        new = Self.place(of: after)
        doer = Doer(principal, in: method)
        takesBack = method == "record.revert"
        let isIntakes = principal == .plugin(TicketingPlugin.manifest.name) && method == nil
        beginsAnew = isIntakes && Self.isReopened(before, after)
    }

    private static func isReopened(_ old: JSON?, _ new: JSON) -> Bool {
        guard let old, old["resolution_code"] == "recovered" else { return false }
        return old["state"] == "resolved" && new["state"] == "in_progress"
    }

    /// No more than is asked for: a ticket's texts may be long.
    private static func place(of ticket: JSON) -> [String: JSON] {
        var place: [String: JSON] = [:]
        for member in members { place[member] = ticket[member] }
        return place
    }
}

extension Placing.Doer {
    /// - Parameter method: What was called; nothing where a program acted on its own.
    init(_ principal: Principal, in method: String?) {
        if principal.isPerson {
            self = .person
        } else if method != nil, principal.name.hasPrefix(Trigger.principalPrefix) {
            self = .answer
        } else {
            self = .program
        }
    }
}
