internal import OpsCore
internal import OpsJSONRPC
internal import OpsPattern

/// Gives metrics, or a label, another name: one element of a check's `rename`.
struct RenameRule: Declared {
    @Param(
        "A regular expression for which the metric's whole name stands.",
        .present(.length(1...1000)), .present(.example("go_(.*)")))
    var metric: String?
    @Param("The name of a label.", .present(.length(1...200)))
    var label: String?
    @Param(
        "The new name; $1 to $9 stand for what the parts of metric in parentheses met.",
        .length(1...500), .example("golang_$1"))
    var to: String

    var problems: [RPCError.FieldError] {
        switch (metric, label) {
        case (nil, nil): return [.init(path: "metric", reason: "or label is required")]
        case (.some, .some): return [.init(path: "label", reason: "excludes metric")]
        case (nil, .some):
            return to == SeriesKey.nameLabel
                ? [.init(path: "to", reason: "must not be \(SeriesKey.nameLabel)")] : []
        case (.some(let metric), nil):
            do throws(PatternError) {
                _ = try Rewriting(metric, to: to)
                return []
            } catch {
                return [.init(path: "metric", reason: "is no pattern: \(error)")]
            }
        }
    }

    /// The rule made ready to be applied to many series.
    func ready() throws -> Renaming {
        if let metric { return .metric(try Rewriting(metric, to: to)) }
        return .label(label ?? "", to: to)
    }
}

/// A rule that gives another name.
enum Renaming: Sendable {
    case metric(Rewriting)
    case label(String, to: String)

    func apply(to series: inout ExpositionSeries) {
        switch self {
        case .metric(let rewriting):
            if let name = rewriting(series.name), !name.isEmpty { series.name = name }
        case .label(let old, let new):
            guard old != new, let value = series.labels.removeValue(forKey: old) else { return }
            series.makeRoom(for: new)
            series.labels[new] = value
        }
    }
}

extension ExpositionSeries {
    /// Moves a label out of the way of another that takes its name, as Prometheus does: `exported_`
    /// is put before the name until it is free.
    mutating func makeRoom(for label: String) {
        guard let value = labels.removeValue(forKey: label) else { return }
        var name = "exported_\(label)"
        while labels[name] != nil { name = "exported_\(name)" }
        labels[name] = value
    }
}
