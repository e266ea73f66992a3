internal import OpsJSONRPC

/// What is remembered about one call with an idempotency key: whose it is, what it asked for and,
/// once there is one, its result.
final class CallMemo: Sendable {
    /// By what a memo is found: a key belongs to the principal that made it up.
    struct Name: Sendable, Hashable {
        let principal: String
        let key: String
    }

    let name: Name
    let method: String
    /// SHA-256 of the parameters' canonical text, in hexadecimal digits.
    ///
    /// The parameters themselves are not kept: they may hold secrets.
    let digest: String
    private let store: Store
    /// The result's text that is in the store.
    private let kept = Guarded<[UInt8]?>(nil)

    init(_ name: Name, method: String, params: JSON.Object, store: Store) {
        self.name = name
        self.method = method
        self.store = store
        var text: [UInt8] = []
        JSON.object(params).writeCanonical(to: &text)
        digest = Hexadecimal.text(SHA256.hash(text))
    }

    /// Whether the other call asks for the same.
    func isSame(as method: String, _ digest: String) -> Bool {
        self.method == method && self.digest == digest
    }

    // MARK: - In the store

    /// Remembers a result in the transaction of the effect; nothing when that is another database's.
    func keep(_ result: some Encodable, by store: Store, in tx: WriteTransaction) throws
        -> [UInt8]?
    {
        guard store === self.store else { return nil }
        var text: [UInt8] = []
        try JSON(encoding: result).write(to: &text)
        try keep(text, in: tx)
        return text
    }

    /// Takes note that this result is in the store for good.
    func didKeep(_ text: [UInt8]?) { kept.withLock { $0 = text } }

    func isKept(_ text: [UInt8]) -> Bool { kept.withLock { $0 == text } }

    /// Remembers a result after the effect; replaces what was remembered with it.
    func keep(_ text: [UInt8]) async throws {
        try await store.writeUnaudited { try self.keep(text, in: $0) }
    }

    private func keep(_ text: [UInt8], in tx: WriteTransaction) throws {
        try tx.execute(
            """
            INSERT INTO call_result (principal, key, method, params_hash, result, at)
            VALUES (?, ?, ?, ?, ?, ?)
            ON CONFLICT (principal, key) DO UPDATE SET method = excluded.method,
                params_hash = excluded.params_hash, result = excluded.result, at = excluded.at
            """,
            name.principal, name.key, method, digest, String(decoding: text, as: UTF8.self),
            tx.now)
    }
}
