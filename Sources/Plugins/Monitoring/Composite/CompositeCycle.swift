/// Looks for composite checks that decide about themselves.
enum CompositeCycle {
    /// The way from a composite check over others back to itself, by their names; nil when there is
    /// none.
    ///
    /// - Parameter members: The composite checks with the names of their members.
    static func find(from start: String, in members: [String: [String]]) -> [String]? {
        var seen: Set<String> = []
        return way(from: start, back: start, members, &seen).map { [start] + $0 }
    }

    private static func way(
        from name: String, back start: String, _ members: [String: [String]],
        _ seen: inout Set<String>
    ) -> [String]? {
        for member in members[name] ?? [] {
            if member == start { return [start] }
            guard seen.insert(member).inserted else { continue }
            if let way = way(from: member, back: start, members, &seen) { return [member] + way }
        }
        return nil
    }
}
