internal import CWebSockets
internal import Logging
internal import OpsCore

/// What libwebsockets has to say, which it says for the whole process in one place.
///
/// Only its errors and warnings are of interest, and few of them: that a client sends nonsense is
/// nothing that an operator can do something about.
enum WebLog {
    private static let logger = Guarded<Logger?>(nil)

    static func redirect(to logger: Logger) {
        self.logger.withLock { $0 = logger }
        opsw_on_log(CInt(LLL_ERR | LLL_WARN)) { level, line in
            guard let line else { return }
            WebLog.write(String(cString: line))
        }
    }

    private static func write(_ line: String) {
        let text = line.split(separator: "\n").first.map(String.init) ?? line
        logger.withLock { $0 }?.debug("libwebsockets: \(text)")
    }
}
