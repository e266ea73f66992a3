internal import Logging
internal import OpsCore
internal import OpsJSONRPC

/// What is done now and then.
extension MonitoringService {
    private static let pause = Duration.seconds(6 * 3600)

    /// Deletes old history now and then again every few hours.
    func keepHouse() {
        cleaning = Task {
            await self.deleteOldHistory()
            await self.indexAnew()
        }
        housekeeping = tools.time.timer(on: tools.loop, after: Self.pause) { [weak self] in
            self?.assumeIsolated { service in
                guard service.isRunning else { return }
                service.keepHouse()
            }
        }
    }

    /// How many lines go at once; others write in between.
    private static let slice = 5000

    private func isThere(_ table: String, before limit: Instant) async throws -> Bool {
        try await tools.store.read { tx in
            try tx.row("SELECT id FROM \(table) WHERE at < ? LIMIT 1", limit) != nil
        }
    }

    private func deleteSlice(of table: String, before limit: Instant) async throws {
        try await tools.store.write(as: tools.author, reason: "history retention") { tx in
            try tx.execute(
                """
                DELETE FROM \(table) WHERE id IN
                    (SELECT id FROM \(table) WHERE at < ? ORDER BY id LIMIT \(Self.slice))
                """, limit)
        }
    }

    private func deleteOldHistory() async {
        guard isRunning else { return }
        let limit = tools.time.now() - limits.historyRetention
        do {
            for table in ["monitoring_history", "monitoring_rule_history"] {
                while isRunning, try await isThere(table, before: limit) {
                    try await deleteSlice(of: table, before: limit)
                }
            }
        } catch {
            tools.logger.warning("old history was not deleted", metadata: ["error": "\(error)"])
        }
    }

    // MARK: - Search documents of former versions

    /// Indexes the checks anew that a version has indexed which knew no facets, some at a time.
    private func indexAnew() async {
        do {
            while isRunning, try await hasUnindexed() { try await indexSlice() }
        } catch {
            tools.logger.warning(
                "checks were not indexed by their facets", metadata: ["error": "\(error)"])
        }
    }

    private func hasUnindexed() async throws -> Bool {
        try await tools.store.read { tx in
            try tx.row("SELECT id FROM monitoring_unindexed LIMIT 1") != nil
        }
    }

    /// Unaudited, since nothing that anybody has said changes.
    private func indexSlice() async throws {
        try await tools.store.writeUnaudited { tx in
            let ids = try tx.rows(
                "SELECT id FROM monitoring_unindexed ORDER BY id LIMIT \(Self.indexSliceSize)"
            ).map { try $0.int("id") }
            for id in ids {
                // What cannot be read is said at the start and keeps nobody from being found.
                guard let check = try? CheckWriter.load(id, in: tx) else { continue }
                try tx.index(check.searchDocument)
            }
            try tx.execute(
                "DELETE FROM monitoring_unindexed WHERE id <= ?", ids.last ?? Int.max)
        }
    }

    private static let indexSliceSize = 500
}
