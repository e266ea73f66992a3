internal import OpsJSONRPC

/// An event on its way to those who follow the log.
///
/// However many they are, its text is written once.
final class Announcement: @unchecked Sendable {
    // @unchecked Sendable: `notificationTail` is touched only on the loop's thread.
    let event: Event

    /// The event's members and the ends of `params` and of the notification around them.
    private(set) lazy var notificationTail: [UInt8] = {
        var text: [UInt8] = []
        // The data was written as JSON when the event was announced, so this does not fail.
        (try? JSON(encoding: event))?.write(to: &text)
        return text.dropFirst() + [UInt8(ascii: "}")]
    }()

    init(_ event: Event) { self.event = event }
}
