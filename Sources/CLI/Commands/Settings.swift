import OpsJSONRPC

/// What the options of every command say.
struct Settings: Equatable {
    var socket: String?
    /// The file that holds the token to act as.
    var tokenPath: String?
    /// Nil when nothing was said: a brief line for a write, a table for the rest.
    var output: OutputFormat?
    var fields: [String] = []
    var all = false
    var watchMs: Int?
    /// Nil waits for ever.
    var timeoutMs: Int? = 30_000
    /// Whether the daemon is to know how long the caller waits.
    var isTimeoutGiven = false
    var isDryRun = false
    /// `auto` stands for a fresh one.
    var idempotencyKey: String?
    var printRequest = false
    var noColor = false
    var quiet = false
    var help = false
    var version = false

    init() {}

    init(_ values: JSON.Object) throws {
        func isOn(_ name: String) -> Bool { values[name]?.bool ?? false }
        socket = values["socket"]?.string
        tokenPath = try TokenFile.path(values)
        output = values["output"]?.string.flatMap(OutputFormat.init(rawValue:))
        fields = values["fields"]?.array?.compactMap(\.string) ?? []
        all = isOn("all")
        watchMs = try values["watch"]?.string.map { try Self.seconds($0, "watch") }
        if let timeout = try values["timeout"]?.string.map({ try Self.seconds($0, "timeout") }) {
            timeoutMs = timeout == 0 ? nil : timeout
            isTimeoutGiven = true
        }
        isDryRun = isOn("dry_run")
        idempotencyKey = values["idempotency_key"]?.string
        printRequest = isOn("print_request")
        noColor = isOn("no_color")
        quiet = isOn("quiet")
        help = isOn("help")
        version = isOn("version")
    }

    /// Whether programs read what is printed.
    var isStructured: Bool {
        switch output {
        case .json, .jsonl, .yaml: true
        case .table, nil: false
        }
    }

    /// A duration where a bare number means seconds.
    private static func seconds(_ text: String, _ option: String) throws -> Int {
        if let number = Double(text), number >= 0, number < 1e9 { return Int(number * 1000) }
        if let ms = TimeText.milliseconds(text) { return ms }
        throw Failure.usage(
            "--\(option) takes seconds or a duration like 500ms, 10s or 2m, not `\(text)`")
    }
}
