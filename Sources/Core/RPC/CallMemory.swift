internal import OpsJSONRPC

/// Remembers for a day what calls with an idempotency key came to, so that repeating one of them
/// does nothing and answers the same.
///
/// The result of a call that writes through ``Call/write(to:_:)`` is committed together with the
/// effect. So there is no moment at which a crash leaves the one without the other.
final class CallMemory: Sendable {
    /// The owner's name of its table.
    static let owner = "calls"
    /// How long a result is remembered.
    static let retention = Duration.seconds(86_400)

    static let migrations = [
        Migration(
            "create_call_result",
            """
            CREATE TABLE call_result (
                principal TEXT NOT NULL,
                key TEXT NOT NULL,
                method TEXT NOT NULL,
                params_hash TEXT NOT NULL,
                result TEXT NOT NULL,
                at BIGINT NOT NULL,
                PRIMARY KEY (principal, key)
            ) WITHOUT ROWID;
            CREATE INDEX call_result_at ON call_result (at);
            """)
    ]

    let store: Store
    private let time: any TimeSource
    private let inFlight = Guarded<[CallMemo.Name: CallMemo]>([:])

    init(store: Store, time: any TimeSource) {
        self.store = store
        self.time = time
    }

    /// What is to be remembered about a call; `params` are without `_meta`.
    func memo(
        of method: String, _ params: JSON.Object, as principal: Principal, key: String
    ) -> CallMemo {
        CallMemo(
            CallMemo.Name(principal: principal.name, key: key), method: method, params: params,
            store: store)
    }

    /// Answers a call from memory, or carries it out and remembers its result; errors are not
    /// remembered, because the caller repeats the call to be rid of them.
    ///
    /// Of a secret result only that is kept which the handler's write has remembered.
    func recall(
        _ memo: CallMemo, isSecret: Bool, orElse work: () async throws -> [UInt8]
    ) async throws -> [UInt8] {
        try begin(memo)
        defer { end(memo) }
        if let text = try await read(memo) { return text }
        let text = try await work()
        if !isSecret, !memo.isKept(text) { try await memo.keep(text) }
        return text
    }

    /// Forgets what is too old.
    func prune() async throws {
        let oldest = time.now() - Self.retention
        try await store.writeUnaudited { transaction in
            try transaction.execute("DELETE FROM call_result WHERE at < ?", oldest)
        }
    }

    // MARK: - Under way

    private func begin(_ memo: CallMemo) throws(RPCError) {
        let other = inFlight.withLock { calls -> CallMemo? in
            if let other = calls[memo.name] { return other }
            calls[memo.name] = memo
            return nil
        }
        guard let other else { return }
        guard other.isSame(as: memo.method, memo.digest) else { throw Self.mismatch(memo) }
        throw .idempotencyInFlight(
            "The call with the idempotency key \"\(memo.name.key)\" is still in flight.")
    }

    private func end(_ memo: CallMemo) { inFlight.withLock { $0[memo.name] = nil } }

    // MARK: - Reading

    private func read(_ memo: CallMemo) async throws -> [UInt8]? {
        let oldest = time.now() - Self.retention
        let row = try await store.read { tx in
            try tx.row(
                """
                SELECT method, params_hash, result FROM call_result
                WHERE principal = ? AND key = ? AND at >= ?
                """, memo.name.principal, memo.name.key, oldest)
        }
        guard let row else { return nil }
        guard memo.isSame(as: try row.text("method"), try row.text("params_hash")) else {
            throw Self.mismatch(memo)
        }
        return Array(try row.text("result").utf8)
    }

    private static func mismatch(_ memo: CallMemo) -> RPCError {
        var error = RPCError.idempotencyMismatch(
            "The idempotency key \"\(memo.name.key)\" was used for another call.")
        error.hint = "A key stands for one method with one set of parameters; make up a new one."
        return error
    }
}
