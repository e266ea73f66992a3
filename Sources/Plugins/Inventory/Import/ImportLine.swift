internal import OpsCore
internal import OpsImport
internal import OpsJSONRPC

/// A line of an import, with what can be worked out before the write begins, which others wait for.
struct ImportLine: Sendable {
    let record: ImportedRecord
    /// The members of the record if it is new; nil where something is wrong with them, which the import says
    /// in its turn.
    var members: JSON.Object?

    init(_ record: ImportedRecord) { self.record = record }

    /// Works lines out on all threads that there are for it.
    static func prepared(
        _ records: [ImportedRecord], _ reconciliation: Reconciliation, on workers: WorkerPool
    ) async throws -> [ImportLine] {
        let parts = stride(from: 0, to: records.count, by: partSize).map { start in
            records[start..<min(start + partSize, records.count)]
        }
        return try await withThrowingTaskGroup(of: (Int, [ImportLine]).self) { group in
            for (number, part) in parts.enumerated() {
                group.addTask {
                    try await workers.run { (number, part.map { ImportLine($0, reconciliation) }) }
                }
            }
            var lines = Array(repeating: [ImportLine](), count: parts.count)
            for try await (number, part) in group { lines[number] = part }
            return Array(lines.joined())
        }
    }

    private static let partSize = 1000

    private init(_ record: ImportedRecord, _ reconciliation: Reconciliation) {
        self.record = record
        let creation = reconciliation.withoutRelations(reconciliation.creation(record))
        // What is wrong is found again, and said, when it is the line's turn.
        members = try? reconciliation.kind.normalized(creation)
    }
}
