internal import Logging
internal import OpsCore

/// The active triggers, read and made ready once.
///
/// Every write to a ticket asks for them. What is kept is held against the rows as the transaction
/// sees them, so that no change is missed, and none stays that was taken back.
final class TriggerShelf: Sendable {
    private struct Place {
        var row: Row
        /// Absent for a row that cannot be read.
        var trigger: TriggerJudge?
    }

    private let logger: Logger
    private let places = Guarded<[Int: Place]>([:])

    init(_ logger: Logger = Logger(label: "ticketing") { _ in SwiftLogNoOpLogHandler() }) {
        self.logger = logger
    }

    /// Those that answer to anything, the lowest rank first; there are few.
    ///
    /// One that cannot be read is passed over and logged once: it keeps nobody from writing tickets.
    func active(in tx: ReadTransaction) throws -> [TriggerJudge] {
        let rows = try tx.rows("\(Trigger.selection) WHERE r.active = 1 ORDER BY r.rank")
        return try places.withLock { places in
            var present: [Int: Place] = [:]
            var active: [TriggerJudge] = []
            for row in rows {
                let id = try row.int("id")
                let known = places[id].flatMap { $0.row == row ? $0 : nil }
                let place = known ?? Place(row: row, trigger: ready(row, id))
                present[id] = place
                if let trigger = place.trigger { active.append(trigger) }
            }
            places = present
            return active
        }
    }

    private func ready(_ row: Row, _ id: Int) -> TriggerJudge? {
        do {
            return TriggerJudge(try Trigger(row: row))
        } catch {
            logger.error("\(Trigger.ref(id)) can't be read, and answers to nothing: \(error)")
            return nil
        }
    }
}
