internal import ArgumentParser
internal import Glibc
internal import Logging
internal import OpsCore
internal import OpsJSONRPC

/// How log lines look.
enum LogFormat: String, ExpressibleByArgument, CaseIterable {
    case text, json
}

/// Writes each log entry as one line on standard error, in one system call.
struct LineLogHandler: LogHandler {
    let format: LogFormat
    var logLevel = Logger.Level.info
    var metadata = Logger.Metadata()

    init(format: LogFormat) { self.format = format }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let all = metadata.merging(event.metadata ?? [:]) { $1 }
        let members = all.sorted { $0.key < $1.key }.map { ($0.key, "\($0.value)") }
        var line = Array(
            format == .json
                ? json(event.level, "\(event.message)", members)
                : text(event.level, "\(event.message)", members))
        line.append(UInt8(ascii: "\n"))
        _ = line.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }

    private func json(
        _ level: Logger.Level, _ message: String, _ members: [(String, String)]
    ) -> String.UTF8View {
        var object: JSON.Object = [
            "at": .string("\(SystemTime().now())"), "level": .string(level.rawValue),
            "message": .string(message),
        ]
        for (key, value) in members { object[key] = .string(value) }
        return JSON.object(object).text.utf8
    }

    private func text(
        _ level: Logger.Level, _ message: String, _ members: [(String, String)]
    ) -> String.UTF8View {
        let tail = members.map { key, value in
            " \(key)=\(value.contains(where: { " \"\n".contains($0) }) ? JSON.string(value).text : value)"
        }
        return "\(SystemTime().now()) \(level.rawValue) \(message)\(tail.joined())".utf8
    }
}
