internal import Logging
internal import OpsCore
internal import OpsJSONRPC

/// Hands log entries to a function of the host.
struct HostLog: LogHandler {
    private let function: HostFunction
    private let turn: Monitor
    var logLevel: Logger.Level
    var metadata = Logger.Metadata()

    init(_ function: HostFunction, level: Logger.Level) {
        self.function = function
        turn = Monitor()
        logLevel = level
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var entry: JSON.Object = [
            "level": .string(event.level.rawValue), "message": .string("\(event.message)"),
        ]
        for (key, value) in metadata.merging(event.metadata ?? [:], uniquingKeysWith: { $1 }) {
            entry[key] = .string("\(value)")
        }
        let text = Array(JSON.object(entry).text.utf8)
        turn.locked { function.call(text) }
    }
}
