/// How many echoes are asked for, and how long they are waited for.
struct PingPlan: Sendable, Equatable {
    var count: Int
    /// From one packet to the next.
    var interval: Duration
    /// How long the last packet is waited for.
    var patience: Duration
    /// What a packet carries behind the ICMP header.
    var payloadBytes: Int

    /// How long the whole may take; what could not be sent by then is lost.
    var limit: Duration { interval * max(count - 1, 0) + patience }

    /// Returns a plan that is over within `limit`: packets follow each other faster if they must.
    func fitted(into limit: Duration) -> PingPlan {
        var plan = self
        plan.patience = min(patience, max(limit, .zero))
        if count > 1 { plan.interval = min(interval, (limit - plan.patience) / (count - 1)) }
        plan.interval = max(plan.interval, .zero)
        return plan
    }
}
