import OpsJSONRPC

@testable import OpsCore

/// An event bus over a real store.
final class BusStation: Sendable {
    let folder: StoreFolder
    let loop: EventLoop
    let store: Store
    let bus: EventBus
    let log = Journal<String>()

    private init(_ loop: EventLoop, _ folder: StoreFolder) throws {
        self.loop = loop
        self.folder = folder
        store = try folder.open()
        bus = EventBus(store: store, loop: loop, logger: LogJournal.logger(log))
    }

    static func run(
        in folder: StoreFolder? = nil, _ body: (BusStation) async throws -> Void
    ) async throws {
        try await withLoop { loop in
            let station = try BusStation(loop, try folder ?? StoreFolder())
            do {
                try await body(station)
            } catch {
                await station.store.close()
                throw error
            }
            await station.store.close()
        }
    }

    func announce(_ topic: String, _ count: Int = 1) async throws {
        for _ in 0..<count {
            try await store.write(as: .system, reason: "test") {
                try $0.announce(topic, Ref("thing", 1), ["a": 1])
            }
        }
    }

    /// Follows the log into a journal.
    func follow(
        _ topics: [String] = ["*"], from sequence: Int64? = nil,
        _ also: @escaping @Sendable (Event) -> Void = { _ in }
    ) async throws -> (seen: Journal<Int64>, subscription: Subscription) {
        let seen = Journal<Int64>()
        let patterns = topics.compactMap { TopicPattern($0) }
        let subscription = try await loop.perform { [bus, loop] in
            bus.subscribe(topics: patterns, from: sequence) { event in
                loop.preconditionOnLoop()
                seen.add(event.seq)
                also(event)
            }
        }
        return (seen, subscription)
    }

    /// Returns once everything that was committed has been delivered.
    func settle() async throws {
        while bus.lastSequence < store.lastEventSequence { try await loop.perform {} }
    }

    /// Takes the oldest events away, as housekeeping does.
    func forget(before sequence: Int) async throws {
        try await store.writeUnaudited {
            try $0.execute("DELETE FROM event WHERE seq < ?", sequence)
        }
    }
}
