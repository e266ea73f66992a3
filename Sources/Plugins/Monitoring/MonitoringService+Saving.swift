internal import Logging
internal import OpsCore
internal import OpsJSONRPC

/// From a state to the store: everything that a turn of the loop brought goes into one write.
///
/// The order is: saved first, then shown and announced. A store that cannot write loses nothing:
/// the changes stay here in memory, in order, and the write is repeated until it passes.
extension MonitoringService {
    private static let firstRetry = Duration.seconds(1)
    private static let lastRetry = Duration.seconds(30)

    /// Remembers what has to be saved of a check and sees to it that somebody does.
    func save(_ news: UnsavedCheck, of id: Int) {
        var news = news
        if checks[id]?.stored.maker != nil { news.made = checks[id]?.stored.definition }
        unsaved[id] = unsaved[id]?.merged(with: news) ?? news
        saveSoon()
    }

    private func saveSoon() {
        guard saver == nil else { return }
        // The task begins after the results that are being handled in this turn.
        saver = Task { await self.saveAll() }
    }

    /// Returns once everything that is known about a check is in the store.
    ///
    /// - Throws: what kept the store from taking it; it is tried again all the same.
    func untilSaved(_ id: Int) async throws {
        guard unsaved[id] != nil || saving[id] != nil else { return }
        try await withCheckedThrowingContinuation { continuation in
            // Looked at again: to get here may have taken a turn of the loop.
            if unsaved[id] != nil {
                unsaved[id]?.waiters.append(continuation)
                // A store that could not write is asked again at once, because somebody waits.
                saveSoon()
            } else if saving[id] != nil {
                saving[id]?.waiters.append(continuation)
            } else {
                continuation.resume()
            }
        }
    }

    /// Forgets what a deleted check still had to say.
    func dropUnsaved(_ id: Int) {
        let gone = RPCError.notFound("The check was deleted meanwhile.")
        for waiter in unsaved.removeValue(forKey: id)?.waiters ?? [] {
            waiter.resume(throwing: gone)
        }
    }

    /// A last attempt, when the process ends.
    func saveRest() async {
        guard !unsaved.isEmpty else { return }
        do {
            try await writeUnsaved()
        } catch {
            putBack(error)
            tools.logger.error(
                "states could not be saved before the end",
                metadata: ["checks": "\(unsaved.count)", "error": "\(error)"])
        }
    }

    private func saveAll() async {
        defer { saver = nil }
        while !unsaved.isEmpty {
            do {
                try await writeUnsaved()
            } catch {
                putBack(error)
                return saveLater(error)
            }
        }
    }

    private func writeUnsaved() async throws {
        saving = unsaved
        unsaved = [:]
        let batch = saving.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        let writer = tools.writer
        try await tools.store.write(as: tools.author, reason: "check results") { tx in
            for (id, news) in batch { try UnsavedCheck.write(news, of: id, by: writer, in: tx) }
        }
        if saveFailures > 0 { tools.logger.notice("states are saved again") }
        saveFailures = 0
        let saved = saving
        saving = [:]
        for (id, news) in saved { noteSaved(news, of: id) }
    }

    private func noteSaved(_ news: UnsavedCheck, of id: Int) {
        if var check = checks[id] {
            check.stored.status = news.status
            check.stored.observation = news.observation
            check.stored.lastSubmissionAt = news.submittedAt ?? check.stored.lastSubmissionAt
            check.shown = news.observation
            check.refreshShown()
            checks[id] = check
        }
        for waiter in news.waiters { waiter.resume() }
    }

    // MARK: - A store that cannot write

    /// Keeps what could not be saved, below what has come since, and tells everybody who waits.
    private func putBack(_ error: any Error) {
        for (id, old) in saving { unsaved[id] = old.merged(with: unsaved[id]) }
        saving = [:]
        let waiters = unsaved.values.flatMap(\.waiters)
        for id in unsaved.keys {
            unsaved[id]?.waiters = []
            if checks[id] == nil { unsaved[id] = nil }
        }
        for waiter in waiters { waiter.resume(throwing: error) }
    }

    private func saveLater(_ error: any Error) {
        saveFailures += 1
        if saveFailures == 1 {
            tools.logger.error(
                "states cannot be saved; they are kept in memory and tried again",
                metadata: ["checks": "\(unsaved.count)", "error": "\(error)"])
        }
        guard isRunning else { return }
        let wait = min(Self.lastRetry, Self.firstRetry * (1 << min(saveFailures - 1, 5)))
        _ = tools.time.timer(on: tools.loop, after: wait) { [weak self] in
            self?.assumeIsolated { $0.saveAgain() }
        }
    }

    private func saveAgain() {
        guard isRunning, !unsaved.isEmpty else { return }
        saveSoon()
    }
}
