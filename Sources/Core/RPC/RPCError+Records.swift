public import OpsJSONRPC

/// What is refused of records of every kind.
extension RPCError {
    /// The record that a caller named is not there.
    ///
    /// - Parameter noun: What it is called: `rule`, as in `rule.list`.
    public static func missing(_ key: String, _ noun: String, called name: String? = nil)
        -> RPCError
    {
        .notFound(
            "There is no \(name ?? noun) \"\(key)\".",
            hint: "\(noun).list shows those that there are.")
    }

    /// Refuses a change that is based on an older generation than a record has now.
    public static func refuseStale(
        _ generation: Int?, at now: Int, _ name: String
    ) throws(RPCError) {
        guard let generation, generation != now else { return }
        throw .staleGeneration("\"\(name)\" is at generation \(now), not \(generation).")
    }
}

extension ReadTransaction {
    /// Refuses a name that another record of a table has.
    ///
    /// - Parameters:
    ///   - record: What the records are called, with their article: `a rule`.
    ///   - method: What changes one, where that is not `noun.update`.
    ///   - ref: Makes the ref of a number.
    public func refuseName(
        _ name: String, of record: String, in table: String, unlessOf id: Int?,
        changedBy method: String? = nil, _ ref: (Int) -> Ref
    ) throws {
        let row = try row("SELECT id FROM \(table) WHERE name = ?", name)
        guard let holder = try row?.int("id"), holder != id else { return }
        let update = method ?? "\(ref(holder).noun).update"
        throw RPCError.conflict(
            "There is \(record) named \"\(name)\" already, \(ref(holder)).",
            hint: "Choose another name, or change that one with \(update).")
    }
}
