internal import OpsToken

/// How much of each limit has been used.
///
/// A limit of N calls in S seconds lets N calls through at once, and after that one every S/N
/// seconds. Per limit only one number is kept: when all N may be made again.
struct RateMeter {
    /// A limit and its name.
    struct Limit: Sendable {
        let rate: RateLimit
        let seal: [UInt8]
    }

    /// What became of a call.
    enum Taking: Equatable {
        case taken
        case wait(Duration)
        case tooManyLimits
    }

    /// How many limits are kept per token that was made here.
    ///
    /// Anybody can make new limits from a token, and must not be able to fill the memory with them,
    /// or to get rid of old ones.
    static let maxLimits = 256

    private var fullAgain: [String: [[UInt8]: Duration]] = [:]

    /// Takes a call out of all of these limits, or out of none.
    mutating func take(_ limits: [Limit], of id: String, at now: Duration) -> Taking {
        var used = fullAgain[id, default: [:]]
        for limit in limits {
            let step = Duration.seconds(limit.rate.seconds) / limit.rate.calls
            let next = max(used[limit.seal] ?? now, now) + step
            let wait = next - now - .seconds(limit.rate.seconds)
            if wait > .zero { return .wait(wait) }
            used[limit.seal] = next
        }
        if used.count > Self.maxLimits {
            used = used.filter { $0.value > now }
            guard used.count <= Self.maxLimits else { return .tooManyLimits }
        }
        fullAgain[id] = used
        return .taken
    }

    /// Forgets a token that nobody can use any more.
    mutating func forget(_ id: String) { fullAgain[id] = nil }
}
