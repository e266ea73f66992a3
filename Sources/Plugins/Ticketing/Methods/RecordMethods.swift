internal import OpsCore
internal import OpsJSONRPC

/// Creates a record: `noun.create`.
protocol RecordCreation: Method where Result: Record {
    /// The record that is wished for.
    func record(in tx: WriteTransaction) throws -> Result
}

/// Shows a record: `noun.get`.
protocol RecordRequest: Method {
    associatedtype Shown: Record
    /// The record's ref or name.
    var key: String { get }
    func answer(_ record: Shown, at now: Instant) throws -> Result
}

extension RecordRequest where Result == Shown {
    func answer(_ record: Shown, at now: Instant) -> Shown { record }
}

/// Lists records: `noun.list`.
protocol RecordListing: Method where Result == Page<Listed> {
    associatedtype Listed: Record
    var limit: Int { get }
    var cursor: String? { get }
}

/// Changes a record: `noun.update`.
protocol RecordChange: Method where Result: Record {
    /// The record's ref or name.
    var key: String { get }
    var generation: Int? { get }
    /// Changes what is given.
    func change(_ record: inout Result, in tx: ReadTransaction) throws
}

/// Deletes a record: `noun.delete`.
protocol RecordDeletion: Method where Result == Done {
    associatedtype Deleted: Record
    /// The record's ref or name.
    var key: String { get }
    var generation: Int? { get }
}

/// The five methods of a kind of record.
struct RecordMethods<
    Create: RecordCreation, Get: RecordRequest, List: RecordListing, Update: RecordChange,
    Delete: RecordDeletion
> where Create.Result == Update.Result {
    static var declarations: [MethodDeclaration] {
        [
            MethodDeclaration(Create.self), MethodDeclaration(Get.self),
            MethodDeclaration(List.self), MethodDeclaration(Update.self),
            MethodDeclaration(Delete.self),
        ]
    }

    static var events: [EventDeclaration] {
        let kind = Create.Result.kind
        let one = "\(kind.article == "a" ? "A" : "An") \(kind.title)"
        return [
            EventDeclaration(
                "\(kind.methods).created", "\(one) was created: \(kind.member), name."),
            EventDeclaration("\(kind.methods).updated", "\(one) was changed."),
            EventDeclaration("\(kind.methods).deleted", "\(one) was deleted."),
        ]
    }

    /// - Parameter judge: Makes ready to refuse records that cannot be by the settings of the moment.
    static func bind(
        _ context: PluginContext,
        judge: @escaping @Sendable () async -> @Sendable (Create.Result) throws -> Void = {
            { _ in }
        }
    ) {
        let (store, time, methods) = (context.store, context.time, context.methods)
        methods.handle(Create.self) { call, wish in
            let judge = await judge()
            return try await call.write(to: store) { tx in
                let record = try wish.record(in: tx)
                try judge(record)
                try record.insert(in: tx)
                return record
            }
        }
        methods.handle(Get.self) { _, params in
            let now = time.now()
            return try await store.read { tx in
                try params.answer(Get.Shown.find(params.key, in: tx), at: now)
            }
        }
        methods.handle(List.self) { _, params in
            try await store.read { tx in
                try List.Listed.page(after: params.cursor, limit: params.limit, in: tx)
            }
        }
        methods.handle(Update.self) { call, change in
            let judge = await judge()
            return try await call.write(to: store) { tx in
                let old = try Update.Result.find(change.key, in: tx)
                try Staleness.refuse(change.generation, old, in: tx)
                var new = old
                try change.change(&new, in: tx)
                try judge(new)
                return try new.update(from: old, in: tx)
            }
        }
        methods.handle(Delete.self) { call, params in
            try await call.write(to: store) { tx in
                let record = try Delete.Deleted.find(params.key, in: tx)
                try Staleness.refuse(params.generation, record, in: tx)
                try record.delete(in: tx)
                return Done()
            }
        }
    }
}

typealias QueueMethods = RecordMethods<
    CreateQueue, GetQueue, ListQueues, UpdateQueue, DeleteQueue
>
typealias CalendarMethods = RecordMethods<
    CreateCalendar, GetCalendar, ListCalendars, UpdateCalendar, DeleteCalendar
>
typealias SLAMethods = RecordMethods<CreateSLA, GetSLA, ListSLAs, UpdateSLA, DeleteSLA>
typealias FreezeMethods = RecordMethods<
    CreateFreeze, GetFreeze, ListFreezes, UpdateFreeze, DeleteFreeze
>
typealias ChangeModelMethods = RecordMethods<
    CreateChangeModel, GetChangeModel, ListChangeModels, UpdateChangeModel, DeleteChangeModel
>
