internal import OpsJSONRPC

extension Instant {
    /// The first instant of the minute in which it lies.
    var minute: Instant {
        let rest = milliseconds % 60_000
        return Instant(milliseconds: milliseconds - (rest < 0 ? rest + 60_000 : rest))
    }
}
