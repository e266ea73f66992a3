/// Keeps triggers from going round in circles within one request.
struct TriggerGuard: Sendable {
    /// Where an event comes from: the request itself, or the act of a trigger.
    struct Cause: Sendable, Equatable {
        /// How many triggers stand between the request and the event.
        var depth: Int
        /// The trigger whose act it was.
        var trigger: Int?

        static let request = Cause(depth: 0)

        /// What the acts of a trigger are caused by that answers to this.
        func followed(by trigger: Int) -> Cause { Cause(depth: depth + 1, trigger: trigger) }
    }

    /// What becomes of a trigger whose conditions hold.
    enum Verdict: Sendable, Equatable {
        case run
        /// It has run already, and nothing speaks of a circle.
        case ignore
        case stop(because: String)
    }

    private struct Run: Hashable {
        var trigger: Int
        var ticket: String
    }

    /// How many triggers may follow one another.
    static let longestChain = 10

    private var ran: Set<Run> = []
    private var stopped: Set<Run> = []

    /// Lets a trigger run once on a ticket; a stop is told once.
    mutating func judge(_ trigger: Int, on ticket: String, by cause: Cause) -> Verdict {
        let run = Run(trigger: trigger, ticket: ticket)
        if ran.contains(run) {
            // What it did itself, or what the request did besides, is no circle.
            guard let other = cause.trigger, other != trigger else { return .ignore }
            return stop(run, "it ran already, and would again by what another trigger did")
        }
        guard cause.depth < Self.longestChain else {
            return stop(run, "\(Self.longestChain) triggers have followed one another")
        }
        ran.insert(run)
        return .run
    }

    private mutating func stop(_ run: Run, _ reason: String) -> Verdict {
        stopped.insert(run).inserted ? .stop(because: reason) : .ignore
    }
}
