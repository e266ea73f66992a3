import ArgumentParser
import Glibc
import OpsJSONRPC

/// One event to a thousand connections.
struct Events: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Milliseconds until the last of 1,000 subscribers has an event.")

    @Option(help: "How many subscribers, each on a connection of its own.") var count = 1000
    @Option(help: "How many events.") var rounds = 50

    func run() throws {
        let workspace = try Workspace()
        let server = try NoteServer(workspace, maxConnections: count + 10)
        let readers = try (0..<count).map { _ in try Client(server.socketPath) }
        for reader in readers {
            _ = try reader.call("event.subscribe", ["topics": ["note.*"]])
        }
        let writer = try Client(server.socketPath)
        let audience = Audience(readers)
        var delivered: [Double] = []
        var written: [Double] = []
        for _ in 0..<max(1, rounds) {
            let start = ContinuousClock.now
            try writer.begin("note.create", ["text": "a line of text as a note holds"])
            let first = try audience.awaitFirst()
            written.append((first - start).milliseconds)
            delivered.append((try audience.awaitAll() - first).milliseconds)
            _ = try writer.finish("note.create")
        }
        Figure("events_\(count)_first", written.median, "ms").report()
        Figure("events_\(count)_delivered", delivered.median, "ms", .atMost(20)).report()
        Figure("events_\(count)_delivered_max", delivered.max() ?? 0, "ms").report()
    }
}
