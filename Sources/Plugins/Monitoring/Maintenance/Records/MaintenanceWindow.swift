internal import OpsJSONRPC

/// One stretch of time in which work is announced; it holds its start and not its end.
struct MaintenanceWindow: Codable, Sendable, Equatable {
    var startsAt: Instant
    var endsAt: Instant

    func contains(_ instant: Instant) -> Bool { startsAt <= instant && instant < endsAt }
}
