/// A threshold as the Nagios plugin guidelines define it: `10`, `10:`, `~:10`, `10:20`, `@10:20`.
///
/// A range names the values that are well; with `@` in front, those that are not. Its ends belong
/// to it.
struct NagiosRange: Sendable, Equatable, CustomStringConvertible {
    /// `-infinity` for `~`.
    let start: Double
    /// `+infinity` when it is left out.
    let end: Double
    /// Whether the values inside, not those outside, raise the alert.
    let alertsInside: Bool

    /// Makes a range; `nil` when it ends before it starts.
    init?(start: Double = 0, end: Double = .infinity, alertsInside: Bool = false) {
        guard start <= end else { return nil }
        self.init(checkedStart: start, end: end, alertsInside: alertsInside)
    }

    private init(checkedStart start: Double, end: Double, alertsInside: Bool) {
        self.start = start
        self.end = end
        self.alertsInside = alertsInside
    }

    /// Raises the alert above `limit`, however far below zero the value is.
    static func atMost(_ limit: Double) -> NagiosRange {
        NagiosRange(checkedStart: -.infinity, end: limit, alertsInside: false)
    }

    /// Raises the alert below `limit`.
    static func atLeast(_ limit: Double) -> NagiosRange {
        NagiosRange(checkedStart: limit, end: .infinity, alertsInside: false)
    }

    /// Reads a range as plugins print it; `nil` when it is none.
    init?(_ text: some StringProtocol) {
        var rest = Substring(text)
        let alertsInside = rest.first == "@"
        if alertsInside { rest = rest.dropFirst() }
        guard !rest.isEmpty else { return nil }
        var start = 0.0
        if let colon = rest.firstIndex(of: ":") {
            guard let given = Self.start(rest[..<colon]) else { return nil }
            start = given
            rest = rest[rest.index(after: colon)...]
        }
        guard let end = rest.isEmpty ? .infinity : NagiosNumber.parse(rest) else { return nil }
        self.init(start: start, end: end, alertsInside: alertsInside)
    }

    /// The range as plugins write it.
    var description: String {
        let first = start == -.infinity ? "~:" : start == 0 ? "" : "\(Readable.twoDecimals(start)):"
        let last = end == .infinity ? (first.isEmpty ? "0:" : "") : Readable.twoDecimals(end)
        return (alertsInside ? "@" : "") + first + last
    }

    private static func start(_ text: Substring) -> Double? {
        switch text {
        case "~": -.infinity
        case "": 0
        default: NagiosNumber.parse(text)
        }
    }

    /// Whether `value` raises the alert.
    func alerts(_ value: Double) -> Bool {
        (value >= start && value <= end) == alertsInside
    }

    /// Returns the range for values that are `factor` times as large.
    func scaled(by factor: Double) -> NagiosRange {
        NagiosRange(checkedStart: start * factor, end: end * factor, alertsInside: alertsInside)
    }
}
