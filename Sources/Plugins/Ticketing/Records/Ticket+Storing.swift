internal import OpsCore
internal import OpsJSONRPC

/// A ticket as it stands in the store.
extension Ticket {
    /// The columns that change with a ticket, in the order of their ``values``.
    static let columns = [
        "title", "description", "state", "is_open", "hold_reason", "impact", "urgency", "priority",
        "priority_reason", "requester", "assignee", "queue_id", "labels", "fields", "resolution",
        "resolution_code", "root_cause", "workaround", "known_error", "reopen_count", "updated_at",
        "resolved_at", "closed_at", "generation",
    ]

    /// Where the value of a column goes in a statement; a ticket knows its queue by the name.
    static func place(of column: String) -> String {
        column == "queue_id" ? "(SELECT id FROM ticketing_queue WHERE name = ?)" : "?"
    }

    /// What is in its ``columns``.
    var values: [SQLValue] {
        [
            title.sqlValue, description.sqlValue, state.rawValue.sqlValue, state.isOpen.sqlValue,
            (holdReason?.rawValue).sqlValue, impact.sqlValue, urgency.sqlValue, priority.sqlValue,
            priorityReason.sqlValue, requester.sqlValue, assignee.sqlValue, queue.sqlValue,
            JSON.object(labelsJSON).sqlValue, JSON.object(fields).sqlValue, resolution.sqlValue,
            (resolutionCode?.rawValue).sqlValue, rootCause.sqlValue, workaround.sqlValue,
            knownError.sqlValue, reopenCount.sqlValue, updatedAt.sqlValue, resolvedAt.sqlValue,
            closedAt.sqlValue, generation.sqlValue,
        ]
    }

    /// What full-text search knows about it, but for its key.
    ///
    /// - Parameter said: What belongs to it beside its own texts, such as its timeline.
    func document(saying said: [String]) -> SearchDocument {
        SearchDocument(
            ref: ref, title: title, body: (texts.dropFirst() + said).joined(separator: "\n"),
            labels: labels.map { "\($0.key) \($0.value)" }.sorted(), facets: facets)
    }

    /// What the ticket itself says, its title first.
    var texts: [String] {
        [title, description, resolution, rootCause, workaround].compactMap { $0 }
            + fields.keys.sorted().compactMap { fields[$0]?.string }
    }

    /// Whether it is over and says how that came about.
    private var isSolved: Bool { !state.isOpen && resolution != nil }

    /// What is longer is a text to look for, and nothing to choose by; in bytes.
    private static let longestFacet = 200

    /// What a search for tickets can be filtered by.
    var facets: [String: String] {
        var facets = [
            "kind": kind.rawValue, "state": state.rawValue, "open": String(state.isOpen),
            "solved": String(isSolved), "priority": String(priority),
        ]
        facets["queue"] = queue
        facets["assignee"] = assignee
        facets["requester"] = requester
        for (name, value) in labels { facets["labels.\(name)"] = value }
        for (name, value) in fields where value.text.utf8.count <= Self.longestFacet {
            facets["fields.\(name)"] = value.string ?? value.text
        }
        return facets
    }
}
