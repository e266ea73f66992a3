public import OpsJSONRPC

/// What a handler knows about the call that it answers.
public struct Call: Sendable {
    /// The method that was called.
    public let method: String
    /// The connection that the call came in on, where there is one.
    public let session: (any Session)?

    let identity: Identity
    let number: UInt64
    /// The caller's side, where the call came over a connection.
    let caller: Caller?
    /// What there is to know about a call that does not end where it begins.
    let scope: CallScope?
    /// Where the result is remembered, when the caller has given an idempotency key.
    var memo: CallMemo?

    init(
        method: String, identity: Identity, number: UInt64, caller: Caller? = nil,
        session: (any Session)? = nil, scope: CallScope? = nil
    ) {
        self.method = method
        self.identity = identity
        self.number = number
        self.caller = caller
        self.session = session
        self.scope = scope
    }

    /// Who calls.
    public var principal: Principal { identity.principal }

    /// The caller's rights, to be handed on when the call calls further; nil means everything.
    public var access: (any Access)? { identity.access }

    /// Whether the caller may see and change only what is its own, by its role.
    ///
    /// Only methods that declare `mindsOwner` are ever called so.
    public var seesOwnOnly: Bool {
        access?.isLimitedToOwn(method, scope?.effect ?? .read) ?? false
    }

    /// The call's name in this process; error answers and audit rows carry it.
    public var requestID: String { "r\(number)" }

    /// What an audit row says about why the write happened.
    public var reason: String { "\(method) \(requestID)" }

    // MARK: - How it is to be carried out

    /// What the caller said about how to carry the call out.
    public var meta: CallMeta { scope?.meta ?? CallMeta() }

    /// Whether nothing is to stay of what the call does.
    ///
    /// ``write(to:_:)`` sees to the records; a handler that keeps things in memory as well leaves
    /// them alone.
    public var isDryRun: Bool { scope?.meta.isDryRun ?? false }

    /// When the caller stops waiting, by the platform's uptime; nil when it waits for ever.
    public var deadline: Duration? { scope?.deadline }

    /// How long the caller still waits; nil when it waits for ever.
    public func remaining(_ time: any TimeSource) -> Duration? {
        deadline.map { max($0 - time.uptime(), .zero) }
    }

    /// Tells the caller how far the call has come, when it has asked to be told.
    ///
    /// `progress` must grow from one report to the next, otherwise the report is dropped.
    /// What is reported is sent in order and never after the answer.
    public func progress(_ progress: Double, total: Double? = nil, message: String? = nil) {
        scope?.report(progress, total: total, message: message)
    }

    // MARK: - The connection

    /// Makes the connection act as somebody else from its next call on.
    ///
    /// - Returns: Whether there is a connection. On the loop only.
    @discardableResult
    func become(_ principal: Principal, _ access: (any Access)?) -> Bool {
        caller?.become(principal, access)
        return caller != nil
    }

    /// Runs `body` on the loop once the answer to this call, or to the batch that it came in, has
    /// been handed to the connection.
    func afterReply(_ body: @escaping @Sendable () -> Void) {
        guard let gate = scope?.gate else { return body() }
        gate.afterReply(body)
    }
}

/// A connection to which the platform can send without being asked.
public protocol Session: AnyObject, Sendable {
    /// Sends a notification; called on the loop's thread.
    func notify(_ method: String, _ params: JSON)
    /// Sends a notification that is written already: the one text after the other, without the end
    /// of the line; called on the loop's thread.
    func notify(written head: [UInt8], _ tail: [UInt8])
    /// The bytes that the other side has not read yet.
    var queuedBytes: Int { get }
    /// Calls `body` once, on the loop's thread, when the other side has read on so that fewer than
    /// so many bytes are queued, or when the connection has ended.
    func whenQueued(below bytes: Int, _ body: @escaping @Sendable () -> Void)
    /// Calls `body` on the loop's thread when the connection has ended.
    func onEnd(_ body: @escaping @Sendable () -> Void)
}
