internal import OpsJSONRPC

/// A text with places that are filled in: `{{ labels.site }} is at {{ value | percent }}`.
///
/// What may stand in a place: `value`, `threshold`, `rule`, `severity`, `state`, `labels.NAME`.
/// Numbers take a function behind a bar; without one they are shown as they are.
struct AnnotationTemplate: Sendable {
    /// What a place may be filled with.
    struct Values: Sendable {
        var value: Double?
        var threshold: Double
        var rule: String
        var severity: String
        var state: String
        var labels: [String: String]
    }

    private enum Piece: Sendable {
        case text(String)
        case label(String)
        case name(Name)
        case number(Number, Function)
    }

    private enum Name: String, CaseIterable {
        case rule, severity, state
    }

    private enum Number: String, CaseIterable {
        case value, threshold
    }

    private enum Function: String, CaseIterable {
        case plain, humanize, bytes, percent, duration
    }

    private let pieces: [Piece]

    /// Reads a template.
    ///
    /// - Throws: Why it cannot be filled in, to be put behind the member's name.
    init(_ text: String) throws(AnnotationError) {
        let parts: [TextWithPlaces.Piece]
        do throws(TextWithPlaces.Unclosed) {
            parts = try TextWithPlaces.pieces(of: text)
        } catch {
            throw AnnotationError(reason: "opens {{ and never closes it")
        }
        pieces = try parts.map { part throws(AnnotationError) in
            switch part {
            case .text(let between): .text(String(between))
            case .place(let place): try Self.place(place)
            }
        }
    }

    func filled(with values: Values) -> String {
        pieces.map { piece in
            switch piece {
            case .text(let text): text
            case .label(let name): values.labels[name] ?? ""
            case .name(.rule): values.rule
            case .name(.severity): values.severity
            case .name(.state): values.state
            case .number(.value, let function):
                values.value.map { Self.shown($0, by: function) } ?? "no value"
            case .number(.threshold, let function): Self.shown(values.threshold, by: function)
            }
        }.joined()
    }

    // MARK: - Reading

    private static func place(_ text: Substring) throws(AnnotationError) -> Piece {
        let parts = text.split(separator: "|", omittingEmptySubsequences: false)
            .map { String(TextWithPlaces.trimmed($0)) }
        guard parts.count <= 2, let name = parts.first, !name.isEmpty else {
            throw AnnotationError(reason: "has a place that cannot be read: {{\(text)}}")
        }
        let function = parts.count == 2 ? parts[1] : nil
        if let number = Number(rawValue: name) {
            return .number(number, try Self.function(function))
        }
        guard function == nil else {
            throw AnnotationError(reason: "has {{\(text)}}, but only numbers take functions")
        }
        if let name = Name(rawValue: name) { return .name(name) }
        if name.hasPrefix("labels."), name.count > 7 { return .label(String(name.dropFirst(7))) }
        let known = (Number.allCases.map(\.rawValue) + Name.allCases.map(\.rawValue))
            .joined(separator: ", ")
        throw AnnotationError(reason: "knows \(known) and labels.NAME, not \(name)")
    }

    private static func function(_ name: String?) throws(AnnotationError) -> Function {
        guard let name else { return .plain }
        if let function = Function(rawValue: name) { return function }
        let known = Function.allCases.map(\.rawValue).joined(separator: ", ")
        throw AnnotationError(reason: "knows the functions \(known), not \(name)")
    }

    // MARK: - Showing numbers

    private static func shown(_ value: Double, by function: Function) -> String {
        guard value.isFinite else { return value.isNaN ? "NaN" : value > 0 ? "+Inf" : "-Inf" }
        switch function {
        case .plain: return number(value)
        case .humanize: return scaled(value, by: 1000, ["", "k", "M", "G", "T", "P", "E"])
        case .bytes:
            return scaled(value, by: 1024, [" B", " KiB", " MiB", " GiB", " TiB", " PiB", " EiB"])
        case .percent: return number((value * 10_000).rounded() / 100) + " %"
        case .duration: return duration(value)
        }
    }

    private static func number(_ value: Double) -> String {
        Int64(exactly: value).map { "\($0)" } ?? "\(value)"
    }

    private static func scaled(_ value: Double, by base: Double, _ units: [String]) -> String {
        var (rest, index) = (value, 0)
        while abs(rest) >= base, index < units.count - 1 {
            (rest, index) = (rest / base, index + 1)
        }
        return number((rest * 100).rounded() / 100) + units[index]
    }

    /// Seconds as the two largest units that are not nought.
    private static func duration(_ seconds: Double) -> String {
        guard abs(seconds) >= 60, abs(seconds) < 1e15 else {
            return number((seconds * 1000).rounded() / 1000) + "s"
        }
        var rest = Int64(abs(seconds))
        var parts: [String] = []
        for (unit, name): (Int64, String) in [(86_400, "d"), (3600, "h"), (60, "m"), (1, "s")] {
            if rest >= unit { parts.append("\(rest / unit)\(name)") }
            rest %= unit
        }
        return (seconds < 0 ? "-" : "") + parts.prefix(2).joined(separator: " ")
    }
}

/// Why a template cannot be filled in.
struct AnnotationError: Error {
    let reason: String
}
