import Glibc

/// One line of the output.
struct Figure {
    let name: String
    let value: Double
    let unit: String

    init(_ name: String, _ value: Double, _ unit: String) {
        self.name = name
        self.value = value
        self.unit = unit
    }

    init(_ name: String, _ duration: Duration) {
        self.init(name, duration.milliseconds, "ms")
    }

    /// Prints the line at once, so that a long run shows how far it is.
    func report() {
        print("\(name) \(text) \(unit)")
        fflush(nil)
    }

    /// Three digits are more than such measurements repeat.
    private var text: String {
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
