internal import Glibc
internal import Logging
public import OpsJSONRPC
internal import OpsToken

/// Decides who may do what: local users by the kernel's word, everybody else by token.
///
/// ```swift
/// let admission = platform.access.admit(uid: peer.uid, gids: peer.gids)
/// let caller = Caller(principal: admission.principal, access: admission.access, session: self)
/// ```
public final class AccessControl: Sendable {
    private struct State {
        var rules = AccessRules()
        var key: TokenKey?
        var tokens: [String: Known] = [:]
        var meter = RateMeter()
    }

    /// A token that was made here, and what its seal began with.
    private struct Known {
        var record: TokenRecord
        let salt: [UInt8]
    }

    let time: any TimeSource
    private let state = Guarded(State())
    /// Held while the key is made, so that it is made once.
    private let keyMaking = Monitor()
    private let store: Store
    private let keyFile: TokenKeyFile
    private let denials: DenialLog
    private let logger: Logger

    init(
        store: Store, loop: EventLoop, time: any TimeSource, folder: String, logger: Logger
    ) {
        self.store = store
        self.time = time
        self.logger = logger
        keyFile = TokenKeyFile(path: folder + "/token.key")
        denials = DenialLog(store: store, loop: loop, time: time, logger: logger)
    }

    /// Looks up the members and reads the tokens.
    func open(_ settings: AccessSettings, on workers: WorkerPool) async throws {
        take(try await rules(of: settings, on: workers))
        let key = try await workers.run { [keyFile] in try keyFile.read() }
        let known = try await store.read { try Self.tokens($0) }
        state.withLock { state in
            state.key = key
            state.tokens = known
        }
        if key == nil, known.values.contains(where: { $0.record.revokedAt == nil }) {
            logger.warning(
                "the key of the tokens is gone, and so all tokens are worthless",
                metadata: ["file": "\(keyFile.path)"])
        }
    }

    /// Looks up the members of a configuration.
    ///
    /// - Throws: ``PluginError`` that names a member whom the system does not know.
    func rules(of settings: AccessSettings, on workers: WorkerPool) async throws -> AccessRules {
        try await workers.run { try AccessRules(settings) }
    }

    /// Takes over rules; they hold from the next call on, also on connections that are open.
    func take(_ rules: AccessRules) { state.withLock { $0.rules = rules } }

    /// Writes down what was denied and not yet written down.
    func close() async { await denials.flush() }

    var rules: AccessRules { state.withLock { $0.rules } }

    /// Whether the configuration lets anybody in but the daemon's own user and root.
    public var hasMembers: Bool { rules.hasMembers }

    // MARK: - Who comes in

    /// Admits a local user, whom the kernel has named together with his groups.
    ///
    /// The daemon's own user and root may do everything. Who has no role may only say who he is by
    /// a token.
    public func admit(uid: UInt32, gids: [UInt32]) -> Admission {
        let isMaster = uid == 0 || uid == geteuid()
        return Admission(
            principal: .user(uid), access: isMaster ? nil : PeerAccess(uid: uid, gids: gids, self))
    }

    /// Admits whoever has a token.
    ///
    /// - Throws: ``OpsJSONRPC/RPCError`` `unauthenticated` that says why not, and never quotes the
    ///   token.
    public func admit(token text: String) throws(RPCError) -> Admission {
        let token: Token
        do throws(TokenError) {
            token = try Token(parsing: text)
        } catch {
            throw .unauthenticated("The token is not valid: \(error).")
        }
        let sealed = try sealedRestrictions(of: token)
        let access = TokenAccess(id: token.id, sealed: sealed, self)
        if let end = access.end { throw end }
        return Admission(
            principal: Principal("\(TokenSchema.noun):\(token.id)"), access: access)
    }

    private func sealedRestrictions(
        of token: Token
    ) throws(RPCError) -> [(restriction: Restriction, seal: [UInt8])] {
        let (key, salt) = state.withLock { ($0.key, $0.tokens[token.id]?.salt) }
        // The same words whatever is wrong: who guesses learns nothing.
        guard let key, let salt, let seals = key.seals(of: token, salt: salt) else {
            throw .unauthenticated("The token is not valid: it was not made here.")
        }
        var sealed: [(restriction: Restriction, seal: [UInt8])] = []
        for (clause, seal) in zip(token.clauses, seals) {
            guard let restriction = clause.restriction else {
                throw .unauthenticated(
                    "The token is restricted in a way that this OpsLoop does not know.")
            }
            sealed.append((restriction, seal))
        }
        return sealed
    }

    /// Takes note of a call, or of an attempt to come in, that was denied.
    ///
    /// It ends in the audit log, soon; the same one again and again is counted and written down
    /// once a minute. On the loop only.
    public func noteDenial(
        of method: String, to principal: Principal, _ error: RPCError, requestID: String? = nil
    ) {
        denials.note(principal, method, error, requestID: requestID)
    }

    // MARK: - Tokens

    func token(_ id: String) -> TokenRecord? { state.withLock { $0.tokens[id]?.record } }

    func take(_ limits: [RateMeter.Limit], of id: String) -> RateMeter.Taking {
        let now = time.uptime()
        return state.withLock { $0.meter.take(limits, of: id, at: now) }
    }

    /// The key, made if there is none yet.
    private func key(on workers: WorkerPool) async throws -> TokenKey {
        if let key = state.withLock({ $0.key }) { return key }
        let key = try await workers.run { [keyFile, keyMaking] in
            try keyMaking.locked { try keyFile.readOrCreate() }
        }
        state.withLock { $0.key = key }
        return key
    }

    /// Makes a token on behalf of a call; on a dry run everything but the token itself.
    func create(_ draft: TokenDraft, for call: Call, on workers: WorkerPool) async throws
        -> CreateToken.Result
    {
        let key = try await key(on: workers)
        let salt = try RandomBytes.draw(16)
        var result = try await call.write(to: store) { transaction in
            CreateToken.Result(record: try draft.insert(salt: salt, transaction))
        }
        guard !call.isDryRun else { return result }
        let record = result.record
        state.withLock { $0.tokens[record.ref.key] = Known(record: record, salt: salt) }
        result.token = try key.issue(
            id: record.ref.key, salt: salt, restrictions: draft.restrictions
        ).text
        return result
    }

    /// Revokes a token on behalf of a call: it and all that were narrowed from it are refused from
    /// now on.
    func revoke(_ ref: Ref, for call: Call) async throws -> TokenRecord {
        let record = try await call.write(to: store) { transaction in
            try TokenDraft.revoke(ref, transaction)
        }
        guard !call.isDryRun else { return record }
        state.withLock { state in
            state.tokens[ref.key]?.record = record
            state.meter.forget(ref.key)
        }
        return record
    }

    private static func tokens(_ transaction: ReadTransaction) throws -> [String: Known] {
        var tokens: [String: Known] = [:]
        for row in try transaction.rows("SELECT * FROM token") {
            let record = try TokenRecord(row: row)
            tokens[record.ref.key] = Known(record: record, salt: try row.blob("salt"))
        }
        return tokens
    }
}
