import Logging

/// Keeps what is logged, each message with its metadata on one line; a test can wait for it.
struct LogJournal: LogHandler {
    let lines: Journal<String>
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level = .info

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let all = metadata.merging(event.metadata ?? [:]) { $1 }
        let details = all.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
        lines.add("\(event.level): \(event.message)\(details)")
    }

    /// A logger that writes into `lines`.
    static func logger(_ lines: Journal<String>) -> Logger {
        Logger(label: "test") { _ in LogJournal(lines: lines) }
    }
}
