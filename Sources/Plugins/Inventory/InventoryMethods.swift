internal import OpsCore

/// The plugin's methods: decode, ask the service, encode.
enum InventoryMethods {
    static let declarations =
        ItemMethods.declarations + ServiceMethods.declarations + TeamMethods.declarations
        + PersonMethods.declarations + LocationMethods.declarations + [
            MethodDeclaration(RelateItems.self), MethodDeclaration(UnrelateItems.self),
            MethodDeclaration(ListRelations.self), MethodDeclaration(ShowImpact.self),
            MethodDeclaration(ShowFooting.self), MethodDeclaration(ImportItems.self),
            MethodDeclaration(ImportPeople.self), MethodDeclaration(ObserveItems.self),
            MethodDeclaration(ShowDrift.self), MethodDeclaration(DiscoverHost.self),
        ]

    static let events =
        ItemMethods.events + ServiceMethods.events + TeamMethods.events + PersonMethods.events
        + LocationMethods.events + [
            EventDeclaration(
                "ci.related",
                "An item was related to others, or the relation changed: ci, name, rel, to, group, "
                    + "min_up."),
            EventDeclaration("ci.unrelated", "Relations went: ci, name, rel, to."),
            EventDeclaration(
                "ci.imported", "An import is done: counts of what came, changed and stayed."),
            EventDeclaration(
                "ci.observed",
                "A feed was read: source, and how many things were seen, are the same, changed, "
                    + "undocumented."),
            EventDeclaration(
                "ci.drifted",
                "An item differs from what a source observes, in other members than before: ci, name, "
                    + "source, members."),
            EventDeclaration(
                "ci.aligned", "An item is again as a source observes it: ci, name, source."),
            EventDeclaration(
                "person.imported", "An import is done: counts of what came, changed and stayed."),
        ]

    static func bind(_ methods: MethodRegistrar, to service: InventoryService) {
        ItemMethods.bind(methods, to: service)
        ServiceMethods.bind(methods, to: service)
        TeamMethods.bind(methods, to: service)
        PersonMethods.bind(methods, to: service)
        LocationMethods.bind(methods, to: service)
        methods.handle(RelateItems.self) { call, wish in
            try await service.relate(wish, for: call)
        }
        methods.handle(UnrelateItems.self) { call, wish in
            try await service.unrelate(wish, for: call)
        }
        methods.handle(ListRelations.self) { _, params in try await service.relations(params) }
        methods.handle(ShowImpact.self) { _, params in try await service.impact(params) }
        methods.handle(ShowFooting.self) { _, params in try await service.footing(params) }
        methods.handle(ImportItems.self) { call, params in
            try await service.takeIn(params, for: call)
        }
        methods.handle(ImportPeople.self) { call, params in
            try await service.takeIn(params, for: call)
        }
        methods.handle(ObserveItems.self) { call, params in
            try await service.observe(params, for: call)
        }
        methods.handle(ShowDrift.self) { _, params in try await service.drift(params) }
        methods.handle(DiscoverHost.self) { call, params in
            try await service.discover(params, for: call)
        }
    }
}
