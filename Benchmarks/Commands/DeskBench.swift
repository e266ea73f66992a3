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
        try ask(client)
        Figure("desk_rss", try ProcessUsage(of: running.id).residentMegabytes, "MB", .atMost(256))
            .report()
    }

    private func ask(_ client: Client) throws {
        var random = MadeRandom(seed: 3)
        let asked = (0..<questions).map { _ in
            MadeTicket(
                Int.random(in: 1..<tickets, using: &random), entries: entries, items: items)
        }
        var found = 0
        try report("desk_search", asked, .atMost(50)) { ticket in
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
        Figure("desk_search_found", Double(found) / Double(questions), "tickets a question")
            .report()
        try report("desk_queue", asked, .atMost(5)) { ticket in
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
        let keys = try asked.map { ticket -> String in
            let page = try client.call(
                "search.query",
                ["text": .string("\"\(ticket.title)\""), "nouns": ["ticket"], "limit": 1])
            guard let ref = page["items"]?.array?.first?["ref"]?.string else {
                throw BenchError("\(ticket.title) is not found")
            }
            return ref
        }
        var next = keys.makeIterator()
        try report("desk_context", asked, .atMost(15)) { _ in
            let page = try client.call("ticket.context", ["ticket": .string(next.next() ?? "")])
            guard page["affects"]?.array?.isEmpty == false, page["missing"]?.array == [] else {
                throw BenchError("A page lacks something: \(page.text)")
            }
        }
    }

    private func report(
        _ name: String, _ asked: [MadeTicket], _ goal: Goal, _ question: (MadeTicket) throws -> Void
    ) throws {
        // What stands on the disk is read by whoever comes first.
        for ticket in asked.prefix(20) where name != "desk_context" { try question(ticket) }
        var durations: [Duration] = []
        for ticket in asked {
            let start = ContinuousClock.now
            try question(ticket)
            durations.append(ContinuousClock.now - start)
        }
        durations.sort()
        Figure("\(name)_p50", durations.median).report()
        Figure("\(name)_p99", durations[durations.count * 99 / 100], goal).report()
    }
}
