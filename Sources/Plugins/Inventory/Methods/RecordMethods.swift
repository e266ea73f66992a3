internal import OpsCore
internal import OpsJSONRPC

/// Creates a record: `noun.create`.
protocol RecordCreation: Method where Result: RecordView {
    var members: JSON.Object { get }
}

/// Shows a record: `noun.get`.
protocol RecordRequest: Method where Result: RecordView {
    /// The record's ref or name.
    var key: String { get }
}

/// Lists records: `noun.list`.
protocol RecordListing: Method where Result == Page<View> {
    associatedtype View: RecordView
    var query: RecordQuery { get }
}

/// Changes a record: `noun.update`.
protocol RecordChange: Method where Result: RecordView {
    /// The record's ref or name.
    var key: String { get }
    var generation: Int? { get }
    var members: JSON.Object { get }
}

/// Deletes a record: `noun.delete`.
protocol RecordDeletion: Method where Result == Done {
    static var kind: RecordKind { get }
    /// The record's ref or name.
    var key: String { get }
    var generation: Int? { get }
}

/// The five methods of a kind of record.
struct RecordMethods<
    Create: RecordCreation, Get: RecordRequest, List: RecordListing, Update: RecordChange,
    Delete: RecordDeletion
> {
    static var declarations: [MethodDeclaration] {
        let kind = Create.Result.kind
        return [
            MethodDeclaration(Create.self, extra: kind.fields), MethodDeclaration(Get.self),
            MethodDeclaration(List.self),
            MethodDeclaration(Update.self, extra: kind.changeableFields),
            MethodDeclaration(Delete.self),
        ]
    }

    static var events: [EventDeclaration] {
        let kind = Create.Result.kind
        let members = ([kind.noun, "name"] + kind.announced).joined(separator: ", ")
        return [
            EventDeclaration("\(kind.noun).created", "A \(kind.title) was created: \(members)."),
            EventDeclaration("\(kind.noun).updated", "A \(kind.title) was changed."),
            EventDeclaration("\(kind.noun).deleted", "A \(kind.title) was deleted."),
        ]
    }

    static func bind(_ methods: MethodRegistrar, to service: InventoryService) {
        methods.handle(Create.self) { call, wish in
            try await service.create(wish.members, for: call)
        }
        methods.handle(Get.self) { _, params in try await service.get(params.key) }
        methods.handle(List.self) { _, params in try await service.list(params.query) }
        methods.handle(Update.self) { call, change in
            try await service.update(
                change.key, change.members, at: change.generation, for: call)
        }
        methods.handle(Delete.self) { call, params in
            try await service.delete(params.key, Delete.kind, at: params.generation, for: call)
        }
    }
}

typealias ItemMethods = RecordMethods<CreateItem, GetItem, ListItems, UpdateItem, DeleteItem>
typealias ServiceMethods = RecordMethods<
    CreateService, GetService, ListServices, UpdateService, DeleteService
>
typealias TeamMethods = RecordMethods<CreateTeam, GetTeam, ListTeams, UpdateTeam, DeleteTeam>
typealias PersonMethods = RecordMethods<
    CreatePerson, GetPerson, ListPeople, UpdatePerson, DeletePerson
>
typealias LocationMethods = RecordMethods<
    CreateLocation, GetLocation, ListLocations, UpdateLocation, DeleteLocation
>
