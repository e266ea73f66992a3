/// What a clock has to tell.
enum ClockFact: Sendable, Equatable {
    /// Most of the time is gone.
    case warning
    /// The time is over.
    case breached
}
