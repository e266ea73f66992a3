internal import OpsCore

/// The methods about maintenance: decode, ask the service, encode.
enum MaintenanceMethods {
    static let declarations = [
        MethodDeclaration(CreateMaintenance.self), MethodDeclaration(GetMaintenance.self),
        MethodDeclaration(ListMaintenances.self), MethodDeclaration(UpdateMaintenance.self),
        MethodDeclaration(CancelMaintenance.self), MethodDeclaration(DeleteMaintenance.self),
    ]

    static let events = [
        EventDeclaration("maintenance.created", "A maintenance was created: maintenance, name."),
        EventDeclaration("maintenance.updated", "A maintenance was changed."),
        EventDeclaration("maintenance.cancelled", "A maintenance was ended for good."),
        EventDeclaration("maintenance.deleted", "A maintenance was deleted."),
        EventDeclaration(
            "maintenance.started",
            "A window began: maintenance, name, comment, starts_at, ends_at."),
        EventDeclaration(
            "maintenance.ended",
            "A window is over: maintenance, name, comment, starts_at, ends_at as planned."),
    ]

    static func bind(_ methods: MethodRegistrar, to service: MaintenanceService) {
        methods.handle(CreateMaintenance.self) { call, wish in
            try await service.create(wish, for: call)
        }
        methods.handle(GetMaintenance.self) { _, params in
            try await service.get(params.maintenance)
        }
        methods.handle(ListMaintenances.self) { _, params in try await service.list(params) }
        methods.handle(UpdateMaintenance.self) { call, change in
            try await service.update(change, for: call)
        }
        methods.handle(CancelMaintenance.self) { call, params in
            try await service.cancel(params.maintenance, at: params.generation, for: call)
        }
        methods.handle(DeleteMaintenance.self) { call, params in
            try await service.delete(params.maintenance, at: params.generation, for: call)
        }
    }
}
