/// One thing of this machine: how full it is, and how that was in the last hour.
struct Gauge: Equatable {
    var name: String
    /// Between 0 and 1; more than 1 for a load that is more than the processors can take.
    var ratio: Double
    var value: String
    var detail: String = ""
    var history: [Double?]

    /// Where a person should look.
    var style: Palette.Style {
        if ratio >= 0.95 { return .critical }
        return ratio >= 0.85 ? .warning : .ok
    }
}
