internal import OpsJSONRPC

/// Where one alert of a rule stands; a rule has one for each set of labels that it sees.
struct AlertStatus: Sendable, Equatable {
    enum State: String, Codable, CaseIterable, Sendable {
        case ok
        /// Bad, but not for long enough.
        case pending
        case firing
        /// The figure is gone, and the rule says that nobody knows then.
        case unknown
    }

    var state = State.ok
    /// What people were told last; a pending alert is ok to them.
    var announced = State.ok
    /// The newest figure.
    var value: Double?
    /// Since when it is bad, clear while it fires, or without a figure.
    var badSince: Since?
    var clearSince: Since?
    var missingSince: Instant?
    /// Since when it fires; kept through unknown, because nothing says that it is over.
    var firingSince: Instant?

    /// What people are to be told.
    var wanted: State { state == .pending ? .ok : state }
}

extension AlertStatus {
    /// The beginning of a wait, on both clocks: the one that is shown and survives, and the one
    /// that never steps.
    struct Since: Sendable, Equatable {
        var at: Instant
        var uptime: Duration
    }
}

/// A moment on both clocks.
struct Moment: Sendable {
    var now: Instant
    var uptime: Duration

    var since: AlertStatus.Since { AlertStatus.Since(at: now, uptime: uptime) }

    /// A wait that an earlier process began: the wall clock is all that the two share.
    ///
    /// One that
    /// begins in the future, because the clock was set back, begins now.
    func taken(up at: Instant) -> AlertStatus.Since {
        AlertStatus.Since(at: min(at, now), uptime: uptime - max(.zero, now - at))
    }
}
