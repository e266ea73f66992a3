/// One value that a probe measured, with the limits it was held against: Nagios performance data.
struct Measurement: Sendable, Equatable {
    var label: String
    /// `nil` when the probe says that it could not determine the value (`U`).
    var value: Double?
    /// The base unit (`s`, `B`, `%`, ...), or empty.
    var unit = ""
    var warning: NagiosRange?
    var critical: NagiosRange?
    var min: Double?
    var max: Double?
}
