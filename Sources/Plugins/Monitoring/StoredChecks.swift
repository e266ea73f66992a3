internal import Logging
internal import OpsCore

/// The targets, templates and checks that the store holds, as the service takes them up at its start.
struct StoredChecks: Sendable {
    private(set) var watchlist: Watchlist
    /// The checks, with what their templates and targets say.
    private(set) var checks: [StoredCheck] = []
    /// The checks of a target or a template that is gone: versions before have left them behind where
    /// the other one could not be read, and they would keep their names from new ones.
    private(set) var orphans: [Int] = []

    init(_ tx: ReadTransaction, _ reader: CheckReader, _ logger: Logger) throws {
        watchlist = try Watchlist(stored: tx, reader, logger)
        let makers = try Makers(tx)
        for check in try tx.records(of: "monitoring_check", logger, StoredCheck.init(row:)) {
            if let maker = check.maker, !makers.has(maker) {
                orphans.append(check.id)
            } else {
                checks.append(watchlist.completed(check))
            }
        }
        let pending = try tx.records(
            of: "monitoring_pending_check", logger, PendingCheck.init(row:))
        for check in pending {
            if !makers.has(check.maker) {
                orphans.append(check.id)
            } else if let complete = watchlist.completed(check) {
                checks.append(complete)
            } else {
                watchlist.add(check.id, of: check.maker)
            }
        }
    }
}

/// The targets and templates that there are, whether they can be read or not.
private struct Makers {
    private let targets: Set<Int>
    private let templates: Set<Int>

    init(_ tx: ReadTransaction) throws {
        targets = try Self.ids(of: "monitoring_target", in: tx)
        templates = try Self.ids(of: "monitoring_template", in: tx)
    }

    private static func ids(of table: String, in tx: ReadTransaction) throws -> Set<Int> {
        Set(try tx.rows("SELECT id FROM \(table)").map { try $0.int("id") })
    }

    func has(_ maker: CheckMaker) -> Bool {
        targets.contains(maker.target) && templates.contains(maker.template)
    }
}
