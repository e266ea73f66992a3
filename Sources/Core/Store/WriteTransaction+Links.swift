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
    /// - Returns: How many there were.
    @discardableResult
    public func unlinkAll(_ ref: Ref) throws -> Int {
        try execute("DELETE FROM link WHERE from_ref = ? OR to_ref = ?", ref, ref)
    }
}
