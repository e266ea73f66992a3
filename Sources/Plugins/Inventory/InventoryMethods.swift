internal import OpsCore

/// The plugin's methods: decode, ask the service, encode.
enum InventoryMethods {
    static let declarations =
        ItemMethods.declarations + ServiceMethods.declarations + TeamMethods.declarations
        + PersonMethods.declarations + LocationMethods.declarations + [
            MethodDeclaration(RelateItems.self), MethodDeclaration(UnrelateItems.self),
            MethodDeclaration(ListRelations.self), MethodDeclaration(ShowImpact.self),
            MethodDeclaration(ShowFooting.self), MethodDeclaration(ImportItems.self),
            MethodDeclaration(ImportPeople.self),
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
            try await service.takeIn(params, Item.kind, for: call)
        }
        methods.handle(ImportPeople.self) { call, params in
            try await service.takeIn(params, Person.kind, for: call)
        }
    }
}
