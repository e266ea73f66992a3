internal import OpsTransport

/// The limits that every message meets, as plain values.
///
/// A declared setting carries its help and its rules along; reading one costs more than what a
/// message is compared with should.
struct WebLimits: Sendable {
    let messageBytes: Int
    let callsInFlight: Int
    /// Unread answers from which on a client is not read, and from which on it is let go.
    let unreadSoftBytes: Int
    let unreadHardBytes: Int
    let bodyTime: Duration
    let idleTime: Duration
    let sendTime: Duration

    init(_ configuration: WebConfiguration) {
        let (limits, settings) = (configuration.limits, configuration.settings)
        messageBytes = limits.maxFrameBytes
        callsInFlight = limits.maxInFlight
        unreadSoftBytes = limits.writeQueueSoftBytes
        unreadHardBytes = limits.writeQueueHardBytes
        bodyTime = .milliseconds(settings.bodyTimeoutMs)
        idleTime = .milliseconds(settings.idleTimeoutMs)
        sendTime = .milliseconds(settings.sendTimeoutMs)
    }
}
