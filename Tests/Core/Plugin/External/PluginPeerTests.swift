import OpsJSONRPC
import Testing

@testable import OpsCore

/// A program and nothing around it.
@Suite struct PluginPeerTests {
    /// How many lines there are in a log at each turn of the loop, up to a number of them.
    private final class Probe: Sendable {
        let counts = Journal<Int>()
        let isDone = Promise<Void>()
        private let log: PluginLog
        private let loop: EventLoop
        private let end: Int

        init(_ log: PluginLog, on loop: EventLoop, until end: Int) {
            self.log = log
            self.loop = loop
            self.end = end
        }

        func look() {
            let count = log.last(end).count
            counts.add(count)
            if count >= end { isDone.keep() } else { loop.nextTurn { self.look() } }
        }
    }

    @Test func `what it says on standard error is logged a little at a time`() async throws {
        try await withLoop { loop in
            let log = PluginLog(time: SystemTime(), logger: StoreFolder.logger)
            let probe = Probe(log, on: loop, until: 900)
            try await loop.perform {
                // One write, which arrives as a whole.
                _ = try PluginPeer(
                    ProcessRequest(arguments: ["sh", "-c", "yes | head -n 900 >&2; cat"]),
                    name: "cat", policy: PluginPolicy(), log: log, on: loop, SystemTime())
                probe.look()
            }
            await probe.isDone.value
            let counts = probe.counts.entries
            let steps = zip(counts.dropFirst(), counts).map { $0 - $1 }
            // Two pieces at most: the one that was read, and the first that was put off.
            #expect((steps.max() ?? 0) <= 200)
        }
    }
}
