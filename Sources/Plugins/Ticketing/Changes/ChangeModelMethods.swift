internal import OpsCore
internal import OpsJSONRPC

/// `change.model.create`.
struct CreateChangeModel: RecordCreation {
    static let name = "change.model.create"
    static let summary = "Creates a model of standard changes, which need no approval any more."
    static let effect = Effect.write
    typealias Result = ChangeModel

    @Param(
        "The model's unique name.", .positional, .length(1...100), .example("reboot a web server"))
    var name: String
    @Param("What is done.", .length(1...100_000))
    var plan: String
    @Param("How it is undone.", .length(1...100_000))
    var backoutPlan: String
    @Param("How one sees that it works.", .length(0...100_000))
    var testPlan: String = ""
    @Param("Why it is made.", .length(0...100_000))
    var reason: String = ""
    @Param("What it is for.", .length(0...4000))
    var description: String = ""

    func record(in tx: WriteTransaction) throws -> ChangeModel {
        ChangeModel(
            ref: try ChangeModel.nextRef(in: tx), name: name, description: description,
            reason: reason, plan: plan, backoutPlan: backoutPlan, testPlan: testPlan,
            active: true, createdAt: tx.now, updatedAt: tx.now, generation: 1)
    }
}

/// `change.model.get`.
struct GetChangeModel: RecordRequest {
    static let name = "change.model.get"
    static let summary = "Shows a model of standard changes."
    static let effect = Effect.read
    typealias Shown = ChangeModel
    typealias Result = ChangeModel

    @Param("The model's ref or name.", .positional)
    var model: String
    var key: String { model }
}

/// `change.model.list`.
struct ListChangeModels: RecordListing {
    static let name = "change.model.list"
    static let summary = "Lists the models of standard changes by name."
    static let effect = Effect.read
    static let columns = ["name", "active", "description"]
    typealias Listed = ChangeModel

    @Param("How many models to answer at most.", .range(1...1000))
    var limit: Int = 100
    @Param("Where to go on: next_cursor of the page before.")
    var cursor: String?
}

/// `change.model.update`.
struct UpdateChangeModel: RecordChange {
    static let name = "change.model.update"
    static let summary = "Changes the given members of a model; changes that follow it stay."
    static let effect = Effect.write
    typealias Result = ChangeModel

    @Param("The model's ref or name.", .positional)
    var model: String
    @Param("A new name.", .present(.length(1...100)))
    var name: String?
    @Param("What is done.", .present(.length(1...100_000)))
    var plan: String?
    @Param("How it is undone.", .present(.length(1...100_000)))
    var backoutPlan: String?
    @Param("How one sees that it works.", .present(.length(0...100_000)))
    var testPlan: String?
    @Param("Why it is made.", .present(.length(0...100_000)))
    var reason: String?
    @Param("What it is for.", .present(.length(0...4000)))
    var description: String?
    @Param("Whether new changes may follow it.")
    var active: Bool?
    @Param("The generation that the change is based on; an older one is refused.")
    var generation: Int?
    var key: String { model }

    func change(_ record: inout ChangeModel, in tx: ReadTransaction) {
        if let name { record.name = name }
        if let plan { record.plan = plan }
        if let backoutPlan { record.backoutPlan = backoutPlan }
        if let testPlan { record.testPlan = testPlan }
        if let reason { record.reason = reason }
        if let description { record.description = description }
        if let active { record.active = active }
    }
}

/// `change.model.delete`.
struct DeleteChangeModel: RecordDeletion {
    static let name = "change.model.delete"
    static let summary = "Deletes a model that no change follows."
    static let effect = Effect.destroy
    typealias Deleted = ChangeModel
    typealias Result = Done

    @Param("The model's ref or name.", .positional)
    var model: String
    @Param("The generation that the caller has seen; an older one is refused.")
    var generation: Int?
    var key: String { model }
}
