internal import Logging
internal import OpsCore

/// The targets, templates and checks that the store holds, as the service takes them up at its start.
struct StoredChecks: Sendable {
    private(set) var watchlist: Watchlist
    /// The checks, with what their templates and targets say.
    private(set) var checks: [StoredCheck] = []
    /// The checks of a target or a template that is gone: what cannot be read is in nobody's plan when
    /// that goes.
    private(set) var orphans: Set<Int> = []

    init(_ tx: ReadTransaction, _ reader: CheckReader, _ logger: Logger) throws {
        watchlist = try Watchlist(stored: tx, reader, logger)
        for table in [Self.table, Self.pendingTable] {
            orphans.formUnion(try Self.orphans(of: table, in: tx))
        }
        for check in try tx.records(of: Self.table, logger, StoredCheck.init(row:))
        where !orphans.contains(check.id) {
            checks.append(watchlist.completed(check))
        }
        for check in try tx.records(of: Self.pendingTable, logger, PendingCheck.init(row:))
        where !orphans.contains(check.id) {
            if let complete = watchlist.completed(check) {
                checks.append(complete)
            } else {
                watchlist.add(check.id, of: check.maker)
            }
        }
    }

    private static let table = "monitoring_check"
    private static let pendingTable = "monitoring_pending_check"

    /// By what says who makes a check, and nothing else of it: that much can be read of each.
    private static func orphans(of table: String, in tx: ReadTransaction) throws -> [Int] {
        try tx.rows(
            """
            SELECT id FROM \(table) WHERE target_id IS NOT NULL AND (
                target_id NOT IN (SELECT id FROM monitoring_target)
                OR template_id NOT IN (SELECT id FROM monitoring_template))
            """
        ).map { try $0.int("id") }
    }
}
