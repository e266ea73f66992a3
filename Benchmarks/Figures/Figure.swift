import Glibc
import Synchronization

/// One line of the output.
struct Figure: Sendable {
    let name: String
    let value: Double
    let unit: String
    let goal: Goal?

    /// The figures with goals that were reported, for the table in the end.
    private static let judged = Mutex<[Figure]>([])

    init(_ name: String, _ value: Double, _ unit: String, _ goal: Goal? = nil) {
        self.name = name
        self.value = value
        self.unit = unit
        self.goal = goal
    }

    init(_ name: String, _ duration: Duration, _ goal: Goal? = nil) {
        self.init(name, duration.milliseconds, "ms", goal)
    }

    /// Prints the line at once, so that a long run shows how far it is.
    func report() {
        print("\(name) \(Self.text(of: value)) \(unit)")
        fflush(nil)
        if goal != nil { Self.judged.withLock { $0.append(self) } }
    }

    /// Prints every figure that has a goal, beside it.
    static func printGoals() {
        let figures = judged.withLock { $0 }
        guard !figures.isEmpty else { return }
        let width = figures.map(\.name.count).max() ?? 0
        print("\nThe figures that have a goal:")
        for figure in figures {
            guard let goal = figure.goal else { continue }
            let name = figure.name + String(repeating: " ", count: width - figure.name.count)
            let verdict = goal.isReached(by: figure.value) ? "ok" : "MISSED"
            print("  \(name)  \(text(of: figure.value)) \(figure.unit), \(goal.text): \(verdict)")
        }
    }

    /// Three digits are more than such measurements repeat.
    static func text(of value: Double) -> String {
        guard value.isFinite else { return "nan" }
        if abs(value) >= 100 { return String(Int(value.rounded())) }
        let places = abs(value) >= 10 ? 1 : 2
        let scale = places == 1 ? 10.0 : 100
        let scaled = Int((abs(value) * scale).rounded())
        let fraction = String(scaled % Int(scale))
        let padding = String(repeating: "0", count: places - fraction.count)
        return "\(value < 0 ? "-" : "")\(scaled / Int(scale)).\(padding)\(fraction)"
    }
}
