internal import OpsCore
internal import OpsJSONRPC

/// Checks in maintenance.
extension MonitoringService {
    /// What a maintenance may cover, of a check.
    func subject(of key: String) throws -> MaintenanceSubject {
        let id = try resolve(key)
        guard let check = checks[id] else { throw Self.missing(key) }
        return MaintenanceSubject(check.stored.definition, lineage: [id])
    }

    /// Looks again at what may be announced, because what is covered has changed.
    func maintenanceChanged() {}
}
