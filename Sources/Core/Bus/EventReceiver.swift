/// Who gets the events of a subscription; asked and told on the loop's thread.
protocol EventReceiver: AnyObject, Sendable {
    /// Takes an event.
    func receive(_ announcement: Announcement)

    /// Whether it can take more of the past; the present does not wait for anybody.
    var hasRoom: Bool { get }

    /// Calls back on the loop's thread once it has room, or has gone.
    func whenRoom(_ body: @escaping @Sendable () -> Void)

    /// Learns that events which it wanted are no longer kept.
    ///
    /// - Parameters:
    ///   - dropped: How many sequence numbers are gone.
    ///   - first: The oldest that is kept.
    func didMiss(_ dropped: Int64, before first: Int64)

    /// Learns that the past can't be read; the subscription has ended.
    ///
    /// - Parameter sequence: The first number that has not been looked at.
    func didFail(resumeAt sequence: Int64)
}

/// A closure that gets events, as fast as they come.
final class EventClosure: EventReceiver {
    private let body: @Sendable (Event) -> Void

    init(_ body: @escaping @Sendable (Event) -> Void) { self.body = body }

    func receive(_ announcement: Announcement) { body(announcement.event) }

    var hasRoom: Bool { true }

    func whenRoom(_ body: @escaping @Sendable () -> Void) { body() }

    /// The closure goes on with what there is.
    func didMiss(_ dropped: Int64, before first: Int64) {}

    /// The log says it.
    func didFail(resumeAt sequence: Int64) {}
}
