internal import OpsCore
internal import OpsJSONRPC

/// Checks in maintenance.
extension MonitoringService {
    /// What a maintenance may cover, of a check.
    func subject(of key: String) throws -> MaintenanceSubject {
        let id = try resolve(key)
        guard let check = checks[id] else { throw Self.missing(key) }
        return MaintenanceSubject(check.stored.definition, lineage: Set(lineage(of: id)))
    }

    /// Whether a maintenance covers a check.
    func isInMaintenance(_ id: Int, at now: Instant) -> Bool {
        guard tools.maintenance.isAnyActive(at: now), let check = checks[id] else { return false }
        let subject = MaintenanceSubject(check.stored.definition, lineage: Set(lineage(of: id)))
        return !tools.maintenance.covering(subject, at: now).isEmpty
    }

    /// A check and everything that it depends on, by the name that an alert carries.
    func lineage(ofCheck name: String?) -> Set<Int> {
        guard let name, let id = try? resolve(name) else { return [] }
        return Set(lineage(of: id))
    }

    /// Looks again at what people have to be told, because what is covered has changed.
    ///
    /// Only checks of which people do not know how they are can have news.
    func maintenanceChanged() {
        let open = checks.all.filter { check in
            check.status.announcedState != check.status.hardState
                || check.status.isFlappingAnnounced != check.status.isFlapping
        }
        reconcile(open.map(\.stored.id))
    }
}
