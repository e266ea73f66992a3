import ArgumentParser
import OpsJSONRPC

/// A large file of tickets, as somebody brings it who moves from another desk.
struct TicketImport: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ticket-import",
        abstract: "Imports 100,000 tickets from CSV with the command line, piece by piece.")

    @Option(help: "How many tickets.") var tickets = 100_000

    func run() throws {
        let workspace = try Workspace()
        let config = try workspace.write(
            #"{"schema": 1, "plugins": [{"name": "ticketing"}]}"#, to: "plugins.json")
        let daemon = try Daemon(workspace, config: config)
        defer { daemon.stop() }
        let client = try daemon.connect()
        for queue in MadeTickets.queues {
            _ = try client.call("queue.create", ["name": .string(queue)])
        }
        let file = try workspace.write(MadeTickets.csv(0..<tickets), to: "tickets.csv")
        let (took, pieces) = try take(
            file, daemon, "ticket_import", created: tickets, .atLeast(20_000))
        try take(file, daemon, "ticket_import_again", created: 0)
        try StoredAgain(workspace: workspace, parts: pieces)
            .report(under: "ticket_import", of: tickets, took: took)
        let usage = try ProcessUsage(of: daemon.id)
        Figure("ticket_import_rss", usage.residentMegabytes, "MB").report()
    }

    /// Reports how many a second come in, and answers how long all took and in how many pieces, each
    /// of which is a write of its own.
    @discardableResult
    private func take(
        _ file: String, _ daemon: Daemon, _ name: String, created: Int, _ goal: Goal? = nil
    ) throws -> (took: Duration, pieces: Int) {
        let terminal = try Terminal()
        let start = ContinuousClock.now
        let lines = try Program.client.lines(
            [
                "--socket", daemon.socketPath, "--output", "json", "ticket", "import", "@\(file)",
                "--limit", "0",
            ], before: terminal)
        let took = ContinuousClock.now - start
        let answer = try JSON.parse(lines.joined(separator: "\n"))
        guard answer["counts"]?["ticket"]?["created"]?.int == created else {
            throw BenchError("\(answer.text) was answered, not \(created) created")
        }
        Figure(name, Double(tickets) / took.inSeconds, "records/s", goal).report()
        let steps = try steps(shown: terminal.shown)
        Figure("\(name)_progress", Double(steps.count), "times").report()
        // Of a file that goes over in one piece nothing is shown.
        return (took, max(1, steps.count))
    }

    /// How many records were said to be in, each time that whoever looked on was told.
    private func steps(shown: String) throws -> [Int] {
        let steps = shown.matches(of: /([0-9]+) of ([0-9]+) records/)
            .filter { $0.2 == "\(tickets)" }.compactMap { Int($0.1) }
        let isInOrder = zip(steps, steps.dropFirst()).allSatisfy(<)
        // Fewer may go over in one piece.
        guard tickets <= 5000 || steps.count > 1 && isInOrder && steps.last == tickets else {
            throw BenchError("\(steps) of \(tickets) records were shown, not all in their order")
        }
        return steps
    }
}

/// Tickets as people write them, most of them over.
enum MadeTickets {
    static let queues = ["network", "workplace", "applications", "storage"]
    private static let people = ["anna", "bert", "carl", "dora", "emil", "fatma"]
    private static let columns =
        "source,kind,title,description,impact,urgency,requester,assignee,queue,labels,state,"
        + "resolution,created_at,resolved_at,closed_at,work_ms"

    static func csv(_ range: Range<Int>) -> String {
        columns + "\n" + range.map { line($0) + "\n" }.joined()
    }

    private static func line(_ number: Int) -> String {
        let isOver = number % 10 != 0
        var text = MadeText(seed: UInt64(number))
        let cells = [
            "desk:\(number)", number % 4 == 0 ? "request" : "incident", text.sentence(6),
            "\"\(text.sentence(30)),\n\(text.sentence(10)).\"", "\(1 + number % 3)",
            "\(1 + number / 3 % 3)", people[number % 6], people[number / 6 % 6],
            queues[number % 4], "site=ulm",
            isOver ? "closed" : "in_progress", isOver ? text.sentence(12) : "",
            "2024-0\(1 + number % 6)-11T08:00:00Z", isOver ? "2024-08-12T08:00:00Z" : "",
            isOver ? "2024-08-20T08:00:00Z" : "", isOver ? "\(number % 90 * 60_000)" : "",
        ]
        return cells.joined(separator: ",")
    }
}
