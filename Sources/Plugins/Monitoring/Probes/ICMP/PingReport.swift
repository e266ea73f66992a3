/// What became of the packets of one run.
struct PingReport: Sendable, Equatable {
    /// What became of one packet.
    enum Fate: Sendable, Equatable {
        case lost
        /// After how many seconds, and with how many hops left, if the kernel says so.
        case answered(seconds: Double, hopLimit: Int?)
        /// Somebody said that it cannot be delivered, and why.
        case undeliverable(reason: String)
    }

    var packets: [Fate] = []
    /// Why nothing could be sent at all.
    var obstacle: String?
    var isCancelled = false

    /// The round trips of those that were answered, in seconds.
    var roundTrips: [Double] {
        packets.compactMap { if case .answered(let seconds, _) = $0 { seconds } else { nil } }
    }

    /// What was said about the packets that could not be delivered, the last of it.
    var reason: String? {
        packets.reversed().lazy.compactMap {
            if case .undeliverable(let reason) = $0 { reason } else { nil }
        }.first
    }

    /// The hops that the last answer had left.
    var hopLimit: Int? {
        packets.reversed().lazy.compactMap {
            if case .answered(_, let hopLimit) = $0 { hopLimit } else { nil }
        }.first
    }
}
