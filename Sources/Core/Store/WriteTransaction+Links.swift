extension WriteTransaction {
    /// Links a record to another; harmless when they are linked already.
    ///
    /// - Returns: Whether the link is new.
    @discardableResult
    public func link(_ from: Ref, _ relation: String, _ to: Ref) throws -> Bool {
        guard !relation.isEmpty else {
            throw StoreError(.invalidArgument, "a link needs a relation")
        }
        return try execute(
            """
            INSERT INTO link (from_ref, relation, to_ref, at) VALUES (?, ?, ?, ?)
            ON CONFLICT (from_ref, relation, to_ref) DO NOTHING
            """, from, relation, to, now) == 1
    }

    /// Takes a link away; harmless when there is none.
    ///
    /// - Returns: Whether there was one.
    @discardableResult
    public func unlink(_ from: Ref, _ relation: String, _ to: Ref) throws -> Bool {
        try execute(
            "DELETE FROM link WHERE from_ref = ? AND relation = ? AND to_ref = ?",
            from, relation, to) == 1
    }

    /// Takes all links of a record away, in both directions, for when the record is deleted.
    ///
    /// Each leaves its entry in the audit log and its event, as if it were deleted by itself, so that it
    /// can be brought back with the record.
    ///
    /// - Returns: How many there were.
    @discardableResult
    public func unlinkAll(_ ref: Ref) throws -> Int {
        let links = try links(of: ref)
        for link in links { _ = try DeleteLink(link.from, link.relation, link.to).delete(self) }
        return links.count
    }
}
