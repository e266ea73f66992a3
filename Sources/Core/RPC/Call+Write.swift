public import OpsJSONRPC

extension Call {
    /// Writes on behalf of this call: its principal and its reason stand in the audit log.
    ///
    /// On a dry run everything is rolled back, no event goes out, no number is used up, and the
    /// value is returned all the same. Where the caller has given an idempotency key, the value is
    /// remembered under it in the same transaction; so let it be the result of the method, and let
    /// this be the last thing that the handler writes.
    public func write<R: Codable & Sendable>(
        to store: Store, _ body: @escaping @Sendable (WriteTransaction) throws -> R
    ) async throws -> R {
        try await write(to: store, answering: { $0 }, body)
    }

    /// Writes like ``write(to:_:)`` when the handler needs something else from the transaction
    /// than what the method answers; `answer` makes the one of the other.
    public func write<T: Sendable, R: Codable & Sendable>(
        to store: Store, answering answer: @escaping @Sendable (T) throws -> R,
        _ body: @escaping @Sendable (WriteTransaction) throws -> T
    ) async throws -> T {
        let memo = isDryRun ? nil : self.memo
        let (value, text) = try await store.write(
            as: principal, reason: reason,
            call: CallName(method: method, requestID: requestID), isRehearsal: isDryRun
        ) { tx in
            let value = try body(tx)
            return (value, try memo?.keep(answer(value), by: store, in: tx))
        }
        if let text { memo?.didKeep(text) }
        return value
    }

    /// Does a piece of work to see what comes of it, and rolls it back.
    public func rehearse<T: Sendable>(
        on store: Store, _ body: @escaping @Sendable (WriteTransaction) throws -> T
    ) async throws -> T {
        try await store.write(
            as: principal, reason: reason,
            call: CallName(method: method, requestID: requestID), isRehearsal: true, body)
    }

    /// Leaves the audit row of something that the call has done outside of the store's records.
    ///
    /// A dry run leaves none.
    public func note(
        _ action: String, _ ref: Ref?, before: JSON? = nil, after: JSON? = nil, in store: Store
    ) async throws {
        guard !isDryRun else { return }
        try await note(action, ref, before: before, after: after, AuditRow.success, in: store)
    }

    func note(
        _ action: String, _ ref: Ref?, before: JSON?, after: JSON?, _ outcome: String,
        in store: Store
    ) async throws {
        try await store.write(
            as: principal, reason: reason,
            call: CallName(method: method, requestID: requestID)
        ) { transaction in
            try transaction.audit(action, ref, before: before, after: after, outcome: outcome)
        }
    }
}
