internal import OpsCore

/// The methods about SLOs: decode, ask the service, encode.
enum SLOMethods {
    static let declarations = [
        MethodDeclaration(CreateSLO.self), MethodDeclaration(GetSLO.self),
        MethodDeclaration(ListSLOs.self),
        MethodDeclaration(
            UpdateSLO.self, extra: FieldSet(CreateSLO.self).fields.map(\.optional)),
        MethodDeclaration(DeleteSLO.self), MethodDeclaration(ShowSLOStatus.self),
    ]

    static let events = [
        EventDeclaration("slo.created", "An SLO was created: slo, name."),
        EventDeclaration("slo.updated", "An SLO was changed."),
        EventDeclaration("slo.deleted", "An SLO was deleted."),
        EventDeclaration(
            "slo.firing",
            "A budget burns too fast: slo, name, labels, severity, window, factor, "
                + "long_burn_rate, short_burn_rate, objective, budget_left_percent, at."),
        EventDeclaration("slo.resolved", "A budget does not burn too fast any more."),
    ]

    static func bind(_ methods: MethodRegistrar, to service: SLOService) {
        methods.handle(CreateSLO.self) { call, wish in try await service.create(wish, for: call) }
        methods.handle(GetSLO.self) { _, params in try await service.get(params.slo) }
        methods.handle(ListSLOs.self) { _, params in try await service.list(params) }
        methods.handle(UpdateSLO.self) { call, change in
            try await service.update(change, for: call)
        }
        methods.handle(DeleteSLO.self) { call, params in
            try await service.delete(params.slo, at: params.generation, for: call)
        }
        methods.handle(ShowSLOStatus.self) { _, params in try await service.status(params) }
    }
}
