/// One thing that a check has to complain about.
struct Problem: Sendable, Equatable {
    let state: CheckState
    /// A few words without a full stop.
    let text: String

    init(_ state: CheckState, _ text: String) {
        self.state = state
        self.text = text
    }
}

extension CheckResult {
    /// Says what was found and, the worst first, what is wrong with it.
    init(
        _ summary: String, _ problems: [Problem], measurements: [Measurement] = [],
        seconds: Double
    ) {
        let worstFirst = problems.enumerated()
            .sorted {
                ($1.element.state.severity, $0.offset) < ($0.element.state.severity, $1.offset)
            }
            .map(\.element.text)
        self.init(
            state: CheckState.worst(of: problems.map(\.state)),
            output: problems.isEmpty
                ? summary : "\(summary): \(worstFirst.joined(separator: "; "))",
            measurements: measurements, duration: .seconds(seconds))
    }
}
