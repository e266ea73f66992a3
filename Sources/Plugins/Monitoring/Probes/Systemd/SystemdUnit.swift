/// A unit as `systemctl show` tells of it.
struct SystemdUnit: Sendable, Equatable {
    /// What is asked for.
    static let properties = ["Id", "LoadState", "ActiveState", "SubState", "Result", "NRestarts"]

    var name: String
    /// `loaded`, `not-found`, `masked`, ...
    var load = ""
    /// `active`, `inactive`, `failed`, `activating`, ...
    var active = ""
    /// What kind of active: `running`, `exited`, `auto-restart`, ...
    var sub = ""
    /// Why it failed: `exit-code`, `timeout`, ...; `success` otherwise.
    var result = ""
    /// How often systemd has started it again by itself; only services have it.
    var restarts: Int?

    /// Reads blocks of `Name=value` lines with an empty line in between; those of no unit are left
    /// out, and so are lines of other properties.
    static func parse(_ text: String) -> [SystemdUnit] {
        text.split(separator: "\n\n").compactMap { SystemdUnit(block: $0) }
    }

    private init?(block: Substring) {
        var values: [Substring: Substring] = [:]
        for line in block.split(separator: "\n") {
            guard let sign = line.firstIndex(of: "=") else { continue }
            values[line[..<sign]] = line[line.index(after: sign)...]
        }
        guard let name = values["Id"], !name.isEmpty else { return nil }
        self.name = String(name)
        load = String(values["LoadState"] ?? "")
        active = String(values["ActiveState"] ?? "")
        sub = String(values["SubState"] ?? "")
        result = String(values["Result"] ?? "")
        restarts = values["NRestarts"].flatMap { Int($0) }
    }

    /// Whether it failed and waits to be started again.
    var isRestarting: Bool { sub.hasPrefix("auto-restart") }
}
