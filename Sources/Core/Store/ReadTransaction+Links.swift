extension ReadTransaction {
    /// Answers the links that start from a record, ordered by relation and target.
    ///
    /// - Parameter relation: Only links of this relation; nil for all.
    public func links(from ref: Ref, relation: String? = nil) throws -> [Link] {
        try links("from_ref = ?", ref, relation)
    }

    /// Answers the links that point to a record, ordered by relation and origin.
    ///
    /// - Parameter relation: Only links of this relation; nil for all.
    public func links(to ref: Ref, relation: String? = nil) throws -> [Link] {
        try links("to_ref = ?", ref, relation)
    }

    /// Answers the links of a record in both directions: those that start from it come first.
    ///
    /// - Parameter relation: Only links of this relation; nil for all.
    public func links(of ref: Ref, relation: String? = nil) throws -> [Link] {
        // A record that is linked to itself has one link, not two.
        try links(from: ref, relation: relation)
            + links(to: ref, relation: relation).filter { $0.from != ref }
    }

    /// Answers the one link of this relation between two records, if there is one.
    public func link(between from: Ref, _ relation: String, _ to: Ref) throws -> Link? {
        try row(
            """
            SELECT from_ref, relation, to_ref, at FROM link
            WHERE from_ref = ? AND relation = ? AND to_ref = ?
            """, from, relation, to
        ).map(Link.init(row:))
    }

    private func links(_ end: String, _ ref: Ref, _ relation: String?) throws -> [Link] {
        let restriction = relation == nil ? "" : "AND relation = ?"
        let arguments: [(any SQLConvertible)?] = relation.map { [ref, $0] } ?? [ref]
        return try rows(
            """
            SELECT from_ref, relation, to_ref, at FROM link WHERE \(end) \(restriction)
            ORDER BY relation, from_ref, to_ref
            """, arguments: arguments
        ).map(Link.init(row:))
    }
}

extension Link {
    fileprivate init(row: Row) throws {
        self.init(
            from: try row.ref("from_ref"), relation: try row.text("relation"),
            to: try row.ref("to_ref"), at: try row.instant("at"))
    }
}
