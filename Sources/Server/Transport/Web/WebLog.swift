internal import CWebSockets
internal import Logging
internal import OpsCore

/// What libwebsockets has to say, which it says for the whole process in one place.
///
/// That a client sends nonsense is nothing that an operator can do something about, so it is all of
/// the level debug.
enum WebLog {
    /// What the library says right before it hangs up on a head that is too long.
    ///
    /// It does so without an answer and without an event; this line is all that there is.
    private static let longHead = ["Ran out of header data space", "More hdr frags than"]

    private static let listeners = Guarded<[ObjectIdentifier: Listener]>([:])

    private struct Listener: Sendable {
        let loop: EventLoop
        let logger: Logger
        let onLongHead: @Sendable () -> Void
    }

    /// Lets a server hear what is said on its loop, until it says goodbye.
    static func listen(
        _ server: AnyObject, on loop: EventLoop, _ logger: Logger,
        onLongHead: @escaping @Sendable () -> Void
    ) {
        listeners.withLock {
            $0[ObjectIdentifier(server)] = Listener(
                loop: loop, logger: logger, onLongHead: onLongHead)
        }
        opsw_on_log(CInt(LLL_ERR | LLL_WARN)) { _, line in
            if let line { WebLog.tell(String(cString: line)) }
        }
    }

    static func forget(_ server: AnyObject) {
        listeners.withLock { $0[ObjectIdentifier(server)] = nil }
    }

    private static func tell(_ line: String) {
        let text = line.split(separator: "\n").first.map(String.init) ?? line
        let isLongHead = longHead.contains { text.contains($0) }
        for listener in listeners.withLock({ Array($0.values) }) where listener.loop.isOnLoop {
            listener.logger.debug("libwebsockets: \(text)")
            if isLongHead { listener.onLongHead() }
        }
    }
}
