import OpsJSONRPC

/// One event as one line.
struct EventLine {
    var settings: Settings
    var palette: Palette
    var zone: (Instant) -> Int

    func text(_ event: JSON) -> String {
        let shown = Fields.select(settings.fields, from: event)
        return switch settings.output {
        case .json, .jsonl: shown.text + "\n"
        case .yaml: "---\n" + YAMLWriter.text(shown)
        case .table, nil: line(event)
        }
    }

    private func line(_ event: JSON) -> String {
        let topic = (event["topic"]?.string ?? "").visibleLine
        let parts = [
            palette.paint(time(event["at"]), .quiet), palette.paint(topic, .accent),
            subject(event), palette.paint(change(event["data"]), style(event["data"])),
            details(event["data"]),
        ]
        return parts.filter { !$0.isEmpty }.joined(separator: "  ") + "\n"
    }

    /// The local time of day; whoever follows events knows the date.
    private func time(_ at: JSON?) -> String {
        guard let instant = at?.string.flatMap({ Instant($0) }) else { return "" }
        let local = Instant(milliseconds: instant.milliseconds + Int64(zone(instant)) * 1000)
        return String(local.description.dropFirst(11).prefix(8))
    }

    private func subject(_ event: JSON) -> String {
        let ref = event["ref"]?.string
        let name = event["data"]?["name"]?.string
        return [ref, name].compactMap { $0?.visibleLine }.joined(separator: " ")
    }

    private func change(_ data: JSON?) -> String {
        guard let state = data?["state"]?.string else { return "" }
        let before = data?["previous_state"]?.string.map { "\($0) -> " } ?? ""
        return (before + state).visibleLine
    }

    private func style(_ data: JSON?) -> Palette.Style? {
        data?["state"]?.string.flatMap(CheckState.init(rawValue:))?.style
    }

    private static let said: Set<String> = [
        "name", "state", "previous_state", "at", "ref", "check", "output", "state_type",
    ]

    private func details(_ data: JSON?) -> String {
        let output = data?["output"]?.string
        let rest = (data?.object ?? [:]).filter { !Self.said.contains($0.key) }
            .filter { $0.value.object == nil && $0.value.array == nil && !$0.value.isNull }
            .map { "\($0.key)=\($0.value.string ?? $0.value.text)" }
        return ((output.map { [$0] } ?? []) + rest).joined(separator: "  ").visibleLine
    }
}
