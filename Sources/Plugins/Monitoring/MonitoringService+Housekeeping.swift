internal import Logging
internal import OpsCore
internal import OpsJSONRPC

/// What is done now and then.
extension MonitoringService {
    private static let pause = Duration.seconds(6 * 3600)

    /// Deletes old history now and then again every few hours.
    func keepHouse() {
        cleaning = Task { await self.deleteOldHistory() }
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
}
