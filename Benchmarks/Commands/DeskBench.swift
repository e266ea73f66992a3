import ArgumentParser
import Glibc
import OpsJSONRPC

/// A help desk after many years: how long people wait for what they look at all day.
struct DeskBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "desk",
        abstract: "Asks a desk with 1,000,000 tickets, 5,000,000 entries and 200,000 items.",
        discussion: "To make the data takes some ten minutes; --folder keeps it for the next time.")

    @Option(help: "How many tickets.") var tickets = 1_000_000
    @Option(help: "How many entries each ticket has.") var entries = 5
    @Option(help: "How many items the tickets are about.") var items = 200_000
    @Option(help: "How often each question is asked.") var questions = 400
    @Option(help: "The data folder, which is made when it is not there.") var folder: String?

    func run() async throws {
        let workspace = try Workspace()
        let config = try workspace.write(
            #"{"schema": 1, "plugins": ["#
                + #"{"name": "inventory"}, {"name": "monitoring"}, {"name": "ticketing"}]}"#,
            to: "plugins.json")
        let data = folder ?? workspace.file("data")
        func daemon() throws -> Daemon { try Daemon(workspace, config: config, folder: data) }
        if access("\(data)/opsloop.db", F_OK) != 0 {
            let desk = DeskFolder(tickets: tickets, entries: entries, items: items)
            try await desk.fill("\(data)/opsloop.db", using: daemon)
        }
        let running = try daemon()
        defer { running.stop() }
        Figure("desk_start", running.startDuration.inSeconds, "s", .atMost(1)).report()
        let client = try running.connect()
        let asked = try asked(client)
        try ask(client, asked, "desk")
        if let held = HeldFile("\(data)/opsloop.db") {
            try ask(client, asked, "desk_cached")
            withExtendedLifetime(held) {}
        }
        Figure("desk_rss", try ProcessUsage(of: running.id).residentMegabytes, "MB", .atMost(256))
            .report()
    }

    /// The tickets that are asked about, with their keys.
    private func asked(_ client: Client) throws -> [(ticket: MadeTicket, key: String)] {
        var random = MadeRandom(seed: 3)
        return try (0..<questions).map { _ in
            let number = Int.random(in: 1..<tickets, using: &random)
            let ticket = MadeTicket(number, entries: entries, items: items)
            let page = try client.call(
                "search.query",
                ["text": .string("\"\(ticket.title)\""), "nouns": ["ticket"], "limit": 1])
            guard let ref = page["items"]?.array?.first?["ref"]?.string else {
                throw BenchError("\(ticket.title) is not found")
            }
            return (ticket, ref)
        }
    }

    private func ask(
        _ client: Client, _ asked: [(ticket: MadeTicket, key: String)], _ name: String
    ) throws {
        var found = 0
        try report("\(name)_search", asked, .atMost(50)) { ticket, _ in
            let page = try client.call(
                "search.query",
                [
                    "text": .string(ticket.question), "nouns": ["ticket"],
                    "facets": [
                        "kind": .string(ticket.kind), "open": .string(String(ticket.isOpen)),
                    ],
                ])
            guard let total = page["total"]?.int, total > 0 else {
                throw BenchError("\(ticket.question) finds nothing: \(page.text)")
            }
            found += total
        }
        Figure("\(name)_search_found", Double(found) / Double(questions), "tickets a question")
            .report()
        try report("\(name)_queue", asked, .atMost(5)) { ticket, _ in
            let page = try client.call(
                "ticket.list",
                [
                    "queue": .string(MadeTicket.queueName(ticket.queue)), "open": true,
                    "sort": "priority", "limit": 50,
                ])
            guard page["items"]?.array?.isEmpty == false else {
                throw BenchError("A queue is empty: \(page.text)")
            }
        }
        try report("\(name)_context", asked, .atMost(15)) { _, key in
            let page = try client.call("ticket.context", ["ticket": .string(key)])
            guard page["affects"]?.array?.isEmpty == false, page["missing"]?.array == [] else {
                throw BenchError("A page lacks something: \(page.text)")
            }
        }
    }

    private func report(
        _ name: String, _ asked: [(ticket: MadeTicket, key: String)], _ goal: Goal,
        _ question: (MadeTicket, String) throws -> Void
    ) throws {
        // What stands on the disk is read by whoever comes first.
        for (ticket, key) in asked.prefix(20) where !name.hasSuffix("context") {
            try question(ticket, key)
        }
        var durations: [Duration] = []
        for (ticket, key) in asked {
            let start = ContinuousClock.now
            try question(ticket, key)
            durations.append(ContinuousClock.now - start)
        }
        durations.sort()
        Figure("\(name)_p50", durations.median).report()
        Figure("\(name)_p99", durations[durations.count * 99 / 100], goal).report()
    }
}
