internal import OpsCore
internal import OpsJSONRPC

/// The plugin's methods: decode, ask the service, encode.
enum MonitoringMethods {
    /// What the manifest declares.
    static func declarations(_ catalog: CheckCatalog) -> [MethodDeclaration] {
        let template = CheckReader(catalog, minIntervalMs: 0).memberFields
        return [
            MethodDeclaration(CreateCheck.self, extra: catalog.allFields),
            MethodDeclaration(GetCheck.self),
            MethodDeclaration(ListChecks.self),
            MethodDeclaration(UpdateCheck.self, extra: catalog.allFields.map(\.optional)),
            MethodDeclaration(DeleteCheck.self),
            MethodDeclaration(RunCheck.self),
            MethodDeclaration(TestCheck.self, extra: template),
            MethodDeclaration(PauseCheck.self),
            MethodDeclaration(ResumeCheck.self),
            MethodDeclaration(CheckHistory.self),
            MethodDeclaration(SubmitCheck.self),
            MethodDeclaration(CheckStatistics.self),
            MethodDeclaration(CreateTarget.self),
            MethodDeclaration(GetTarget.self),
            MethodDeclaration(ListTargets.self),
            MethodDeclaration(UpdateTarget.self),
            MethodDeclaration(DeleteTarget.self),
            MethodDeclaration(CreateTemplate.self, extra: template),
            MethodDeclaration(GetTemplate.self),
            MethodDeclaration(ListTemplates.self),
            MethodDeclaration(UpdateTemplate.self, extra: template.map(\.optional)),
            MethodDeclaration(DeleteTemplate.self),
            MethodDeclaration(ApplyState.self),
            MethodDeclaration(ExportState.self),
            MethodDeclaration(QueryMetrics.self),
            MethodDeclaration(ListSeries.self),
            MethodDeclaration(ListLabels.self),
            MethodDeclaration(DeleteMetrics.self),
            MethodDeclaration(ImportMetrics.self),
        ]
    }

    /// Binds the check methods to the service.
    static func bind(_ methods: MethodRegistrar, to service: MonitoringService) {
        methods.handle(CreateCheck.self) { call, wish in
            try await service.create(wish, for: call)
        }
        methods.handle(GetCheck.self) { _, params in try await service.get(params.check) }
        methods.handle(ListChecks.self) { _, params in try await service.list(params) }
        methods.handle(UpdateCheck.self) { call, change in
            try await service.update(change, for: call)
        }
        methods.handle(DeleteCheck.self) { call, params in
            try await service.delete(
                params.check, at: params.generation, force: params.force, for: call)
        }
        methods.handle(RunCheck.self) { call, params in
            try await service.run(params.check, for: call)
        }
        methods.handle(TestCheck.self) { call, params in
            try await service.test(params, for: call)
        }
        methods.handle(PauseCheck.self) { call, params in
            try await service.pause(params.check, true, at: params.generation, for: call)
        }
        methods.handle(ResumeCheck.self) { call, params in
            try await service.pause(params.check, false, at: params.generation, for: call)
        }
        methods.handle(CheckHistory.self) { _, params in try await service.history(params) }
        methods.handle(SubmitCheck.self) { call, params in
            try await service.submit(params, for: call)
        }
        methods.handle(CheckStatistics.self) { _, _ in await service.statistics() }
    }

    /// Binds the methods of targets, templates and the desired state.
    static func bindDesired(_ methods: MethodRegistrar, to service: MonitoringService) {
        methods.handle(CreateTarget.self) { call, wish in
            try await service.create(wish, for: call)
        }
        methods.handle(GetTarget.self) { _, params in try await service.target(params.target) }
        methods.handle(ListTargets.self) { _, params in try await service.list(params) }
        methods.handle(UpdateTarget.self) { call, change in
            try await service.update(change, for: call)
        }
        methods.handle(DeleteTarget.self) { call, params in
            try await service.delete(params, for: call)
        }
        methods.handle(CreateTemplate.self) { call, wish in
            try await service.create(wish, for: call)
        }
        methods.handle(GetTemplate.self) { _, params in
            try await service.template(params.template)
        }
        methods.handle(ListTemplates.self) { _, params in try await service.list(params) }
        methods.handle(UpdateTemplate.self) { call, change in
            try await service.update(change, for: call)
        }
        methods.handle(DeleteTemplate.self) { call, params in
            try await service.delete(params, for: call)
        }
        methods.handle(ApplyState.self) { call, params in
            try await service.apply(params, for: call)
        }
        methods.handle(ExportState.self) { _, _ in try await service.export() }
    }

    /// Binds the metric methods.
    static func bind(_ methods: MethodRegistrar, to metrics: MetricQueries) {
        methods.handle(QueryMetrics.self) { _, params in try await metrics.query(params) }
        methods.handle(ListSeries.self) { _, params in try await metrics.series(params) }
        methods.handle(ListLabels.self) { _, params in try await metrics.labels(params) }
    }

    /// Binds the methods that change metrics.
    static func bind(_ methods: MethodRegistrar, to changes: MetricChanges) {
        methods.handle(DeleteMetrics.self) { call, params in
            try await changes.delete(params, for: call)
        }
        methods.handle(ImportMetrics.self) { call, params in
            try await changes.take(params, for: call)
        }
    }
}
