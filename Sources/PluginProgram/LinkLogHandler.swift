internal import Logging
internal import OpsJSONRPC

/// Hands what the plugin logs to the host.
struct LinkLogHandler: LogHandler {
    let link: HostLink
    // The host decides what it keeps.
    var logLevel = Logger.Level.debug
    var metadata = Logger.Metadata()

    init(_ link: HostLink) { self.link = link }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let all = metadata.merging(event.metadata ?? [:]) { $1 }
        var fields = JSON.Object()
        for (key, value) in all.sorted(by: { $0.key < $1.key }) {
            fields[key] = .string("\(value)")
        }
        var params: JSON.Object = [
            "level": .string(event.level.rawValue), "message": .string("\(event.message)"),
        ]
        if !fields.isEmpty { params["fields"] = .object(fields) }
        link.notify("log", .object(params))
    }
}
