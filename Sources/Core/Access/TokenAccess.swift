internal import OpsJSONRPC
internal import OpsToken

/// The rights of a token: what its role has, as far as its restrictions go.
final class TokenAccess: Access {
    private let id: String
    private let restrictions: [Restriction]
    /// Each limit with the seal behind it, which names it: whoever narrows the token further shares
    /// what is left.
    private let limits: [RateMeter.Limit]
    private let control: AccessControl

    init(id: String, sealed: [(restriction: Restriction, seal: [UInt8])], _ control: AccessControl)
    {
        self.id = id
        self.control = control
        restrictions = sealed.map(\.restriction)
        limits = sealed.compactMap { restriction, seal in
            guard case .rate(let limit) = restriction else { return nil }
            return RateMeter.Limit(rate: limit, seal: seal)
        }
    }

    func refusal(_ attempt: AccessAttempt) -> RPCError? {
        if OpenMethods.forEverybody.contains(attempt.method) { return nil }
        if let end { return end }
        if OpenMethods.forTheKnown.contains(attempt.method) { return nil }
        return roleRefusal(attempt) ?? restrictionRefusal(attempt) ?? rateRefusal(attempt)
    }

    var end: RPCError? {
        guard let record = control.token(id) else {
            return .unauthenticated("The token \(id) does not exist.")
        }
        if record.revokedAt != nil {
            return .unauthenticated(
                "The token \(id) was revoked.", hint: "Ask an administrator for a new one.")
        }
        let now = control.time.now()
        return restrictions.lazy.compactMap { self.timeRefusal($0, now) }.first
    }

    private func timeRefusal(_ restriction: Restriction, _ now: Instant) -> RPCError? {
        switch restriction {
        case .notAfter(let last) where now > last:
            .unauthenticated(
                "The token \(id) expired at \(last).", hint: "Ask an administrator for a new one.")
        case .notBefore(let first) where now < first:
            .unauthenticated("The token \(id) is not valid before \(first).")
        default: nil
        }
    }

    private func roleRefusal(_ attempt: AccessAttempt) -> RPCError? {
        guard let name = control.token(id)?.role else { return nil }
        guard let role = control.rules.role(name) else {
            return .forbidden("The role \(name) of the token \(id) does not exist any more.")
        }
        guard !role.allows(attempt) else { return nil }
        return .forbidden(
            "The token \(id) may not call \(attempt.method): "
                + "it is not among the methods of its role \(name).")
    }

    func isLimitedToOwn(_ method: String, _ effect: Effect) -> Bool {
        guard let name = control.token(id)?.role else { return false }
        return control.rules.role(name)?.ownRecords ?? true
    }

    private func restrictionRefusal(_ attempt: AccessAttempt) -> RPCError? {
        guard let broken = restrictions.first(where: { !Self.allows($0, attempt) }) else {
            return nil
        }
        var hint: String?
        if case .parameter = broken, case .array? = attempt.params {
            hint = "Give the parameters by name: the token's conditions are about names."
        }
        return .forbidden(
            "The token \(id) may not make this call of \(attempt.method): it allows "
                + "\(broken.words).", hint: hint)
    }

    private static func allows(_ restriction: Restriction, _ attempt: AccessAttempt) -> Bool {
        switch restriction {
        case .methods(let patterns): patterns.contains { $0.matches(attempt.method) }
        case .effects(let names): names.contains(attempt.effect.rawValue)
        case .parameter(let condition): condition.holds(for: attempt.params)
        // Seen to elsewhere: by the clock, and after everything else.
        case .notBefore, .notAfter, .rate: true
        }
    }

    private func rateRefusal(_ attempt: AccessAttempt) -> RPCError? {
        guard !limits.isEmpty else { return nil }
        switch control.take(limits, of: id) {
        case .taken: return nil
        case .wait(let duration):
            return .rateLimited(
                "The token \(id) is used too often.",
                retryAfterMs: Int(max(1, duration.milliseconds)))
        case .tooManyLimits:
            return .busy("Too many different limits of the token \(id) are in use.")
        }
    }
}
