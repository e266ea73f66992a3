internal import OpsCore

/// The methods about rules: decode, ask the service, encode.
enum RuleMethods {
    static let declarations = [
        MethodDeclaration(CreateRule.self), MethodDeclaration(GetRule.self),
        MethodDeclaration(ListRules.self),
        MethodDeclaration(
            UpdateRule.self, extra: FieldSet(CreateRule.self).fields.map(\.optional)),
        MethodDeclaration(DeleteRule.self), MethodDeclaration(TestRule.self),
        MethodDeclaration(ListRuleAlerts.self), MethodDeclaration(ForgetRuleAlert.self),
        MethodDeclaration(RuleHistory.self), MethodDeclaration(RuleStatistics.self),
    ]

    static let events = [
        EventDeclaration("rule.created", "A rule was created: rule, name."),
        EventDeclaration("rule.updated", "A rule was changed."),
        EventDeclaration("rule.deleted", "A rule was deleted with its alerts."),
        EventDeclaration(
            "rule.firing",
            "An alert fires: rule, name, labels, severity, state, previous_state, value, "
                + "threshold, annotations, firing_since, at."),
        EventDeclaration("rule.resolved", "An alert that was announced is over."),
        EventDeclaration("rule.unknown", "The figure of an alert is missing, so nobody knows."),
    ]

    static func bind(_ methods: MethodRegistrar, to service: RuleService) {
        methods.handle(CreateRule.self) { call, wish in try await service.create(wish, for: call) }
        methods.handle(GetRule.self) { _, params in try await service.get(params.rule) }
        methods.handle(ListRules.self) { _, params in try await service.list(params) }
        methods.handle(UpdateRule.self) { call, change in
            try await service.update(change, for: call)
        }
        methods.handle(DeleteRule.self) { call, params in
            try await service.delete(params.rule, at: params.generation, for: call)
        }
        methods.handle(TestRule.self) { _, params in try await service.test(params) }
        methods.handle(ListRuleAlerts.self) { _, params in try await service.alerts(params) }
        methods.handle(ForgetRuleAlert.self) { call, params in
            try await service.forget(params, for: call)
        }
        methods.handle(RuleStatistics.self) { _, _ in await service.statistics() }
        methods.handle(RuleHistory.self) { _, params in try await service.history(params) }
    }
}
