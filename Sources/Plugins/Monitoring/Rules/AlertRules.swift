internal import OpsCore
internal import OpsJSONRPC

/// Decides what one evaluation makes of an alert.
///
/// Values in, values out; no store, no clock.
///
/// ```
///          bad, for > 0             bad for `for_ms`
///      ok ------------> pending ---------------------> firing --+
///      ^ ^                |                              |      | bad, or not yet clear
///      | +---- good ------+                              +------+
///      +------------- clear for `keep_firing_for_ms` ----+
/// ```
///
/// Bad is what is beyond the threshold; of a firing alert, what is not beyond `clear_threshold`
/// again. A figure that is missing, or not a number, goes by the rule's policy; by `unknown` any
/// state becomes unknown, and the next figure leads on from there.
enum AlertRules {
    static func step(
        _ old: AlertStatus, _ value: Double?, at moment: Moment, by rule: RuleDefinition
    ) -> AlertStatus {
        var new = old
        guard let value, !value.isNaN else {
            new.missingSince = old.missingSince ?? moment.now
            switch rule.onMissing {
            case .keep: break
            case .firing: turnBad(&new, moment, rule)
            case .ok: turnGood(&new, moment, rule)
            case .unknown: turnUnknown(&new)
            }
            return new
        }
        new.value = value
        new.missingSince = nil
        let limit = old.firingSince == nil ? rule.threshold : rule.clearThreshold ?? rule.threshold
        if rule.condition.holds(value, limit) {
            turnBad(&new, moment, rule)
        } else {
            turnGood(&new, moment, rule)
        }
        return new
    }

    private static func turnBad(
        _ status: inout AlertStatus, _ moment: Moment, _ rule: RuleDefinition
    ) {
        let since = status.badSince ?? moment.since
        status.badSince = since
        status.clearSince = nil
        let isLong = Self.isOver(rule.forMs, since, moment)
        if status.firingSince != nil || isLong {
            status.state = .firing
            status.firingSince = status.firingSince ?? moment.now
        } else {
            status.state = .pending
        }
    }

    private static func turnGood(
        _ status: inout AlertStatus, _ moment: Moment, _ rule: RuleDefinition
    ) {
        status.badSince = nil
        guard status.firingSince != nil else {
            status.state = .ok
            return
        }
        let since = status.clearSince ?? moment.since
        status.clearSince = since
        if Self.isOver(rule.keepFiringForMs, since, moment) {
            status.state = .ok
            status.firingSince = nil
            status.clearSince = nil
        } else {
            status.state = .firing
        }
    }

    /// What the roundings of two instants and two moments can come to.
    private static let slack = Duration.milliseconds(5)

    /// Whether a wait is over.
    ///
    /// Its beginning was stored in whole milliseconds, so that a wait of as
    /// many intervals could be a hair too short and take one more.
    private static func isOver(
        _ waitMs: Int, _ since: AlertStatus.Since, _ moment: Moment
    ) -> Bool {
        moment.uptime - since.uptime + slack >= .milliseconds(waitMs)
    }

    private static func turnUnknown(_ status: inout AlertStatus) {
        status.state = .unknown
        status.badSince = nil
        status.clearSince = nil
    }

    // MARK: - Telling

    /// Takes for told what may be told: good news always, bad news unless it is suppressed.
    static func announce(_ status: AlertStatus, isSuppressed: Bool) -> AlertStatus {
        var new = status
        if status.wanted == .ok || !isSuppressed { new.announced = status.wanted }
        return new
    }
}
