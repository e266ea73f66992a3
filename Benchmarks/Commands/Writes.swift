import ArgumentParser
import OpsJSONRPC

/// Records created over the socket, each answered when it is on the disk, beside PostgreSQL.
struct Writes: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Durable records per second over the socket, beside PostgreSQL.",
        discussion: """
            note.create of a plugin of the benchmark's own makes the smallest record there is: its \
            row, the audit log's and the event's. PostgreSQL inserts the same three rows with one \
            statement. check.create of the daemon makes a check with everything that belongs to it.
            """)

    @Option(help: "How often each is measured, alternating.") var rounds = 3
    @Option(help: "Seconds of one measurement.") var seconds = 3.0

    private static let note = LoadRequest(
        method: "note.create", params: #"{"text":"a line of text as a note holds"}"#)
    private static let check = LoadRequest(
        method: "check.create", params: #"","type":"heartbeat","interval_ms":3600000}"#,
        numbered: #"{"name":"job "#)

    func run() throws {
        let workspace = try Workspace()
        try measureNotes(workspace)
        try measureChecks(workspace)
    }

    private func measureNotes(_ workspace: Workspace) throws {
        let server = try NoteServer(workspace)
        let peer = try PostgreSQL(workspace)
        var (one, many, theirs): ([Double], [LoadResult], [Double]) = ([], [], [])
        for _ in 0..<max(1, rounds) {
            one.append(try press(Self.note, server.socketPath, 1).perSecond)
            many.append(try press(Self.note, server.socketPath, 50))
            if let peer { theirs.append(try peer.insertNotes(clients: 50, seconds: seconds)) }
        }
        report("writes_note", one.median, many)
        guard !theirs.isEmpty else { return print("writes_postgresql is not installed") }
        let ours = many.map(\.perSecond).median
        Figure("writes_postgresql_floor", theirs.median, "records/s").report()
        Figure("writes_note_50_to_postgresql", ours / theirs.median, "ratio", .atLeast(1.5))
            .report()
    }

    private func measureChecks(_ workspace: Workspace) throws {
        let config = try workspace.write(
            #"{"schema": 1, "plugins": [{"name": "monitoring"}]}"#, to: "plugins.json")
        var (one, many): ([Double], [LoadResult]) = ([], [])
        for round in 0..<max(1, rounds) {
            // Names are not used twice, and every run begins with an empty store.
            one.append(try create(workspace, config, "one-\(round)", 1).perSecond)
            many.append(try create(workspace, config, "many-\(round)", 50))
        }
        report("writes_check", one.median, many)
    }

    private func create(
        _ workspace: Workspace, _ config: String, _ data: String, _ connections: Int
    ) throws -> LoadResult {
        let daemon = try Daemon(workspace, config: config, data: data)
        defer { daemon.stop() }
        return try press(Self.check, daemon.socketPath, connections)
    }

    private func press(
        _ request: LoadRequest, _ socketPath: String, _ connections: Int
    ) throws -> LoadResult {
        try Load(request: request, connections: connections, inFlight: 1, seconds: seconds)
            .press(.socket(socketPath))
    }

    private func report(_ name: String, _ one: Double, _ many: [LoadResult]) {
        let rate = many.map(\.perSecond).median
        Figure("\(name)_1", one, "records/s").report()
        Figure("\(name)_50", rate, "records/s").report()
        Figure("\(name)_50_p99", many.map(\.p99).median / 1000, "ms").report()
        Figure("\(name)_50_to_1", rate / one, "ratio", .atLeast(4)).report()
    }
}
