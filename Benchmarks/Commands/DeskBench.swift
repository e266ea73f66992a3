import ArgumentParser
import Glibc
import OpsJSONRPC

/// A help desk after many years: how long people wait for what they look at all day.
struct DeskBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "desk",
        abstract: "Asks a desk with 1,000,000 tickets, 5,000,000 entries and 200,000 items.",
        discussion: """
            To make the data takes some ten minutes; --folder keeps it for the next time. Of several \
            rounds the one counts during which other machines on the same hardware took the least \
            processor time, of equals the last.
            """)

    @Option(help: "How many tickets.") var tickets = 1_000_000
    @Option(help: "How many entries each ticket has.") var entries = 5
    @Option(help: "How many items the tickets are about.") var items = 200_000
    @Option(help: "How often each question is asked.") var questions = 500
    @Option(help: "How many rounds of them are asked with the file held in memory.") var rounds = 10
    @Option(help: "The data folder, which is made when it is not there.") var folder: String?

    func validate() throws {
        guard rounds > 0 else { throw ValidationError("--rounds has to be 1 or more.") }
    }

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
        // Once: in a second round nothing would come from the disk any more.
        try ask(client, asked, "desk", rounds: 1)
        if let held = HeldFile("\(data)/opsloop.db") {
            try ask(client, asked, "desk_cached", rounds: rounds)
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
        _ client: Client, _ asked: [(ticket: MadeTicket, key: String)], _ name: String, rounds: Int
    ) throws {
        var (found, searches) = (0, 0)
        try report("\(name)_search", asked, rounds, .atMost(50)) { ticket, _ in
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
            searches += 1
        }
        Figure("\(name)_search_found", Double(found) / Double(searches), "tickets a question")
            .report()
        try report("\(name)_queue", asked, rounds, .atMost(5)) { ticket, _ in
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
        try report("\(name)_context", asked, rounds, .atMost(15)) { _, key in
            let page = try client.call("ticket.context", ["ticket": .string(key)])
            guard page["affects"]?.array?.isEmpty == false, page["missing"]?.array == [] else {
                throw BenchError("A page lacks something: \(page.text)")
            }
        }
    }

    private func report(
        _ name: String, _ asked: [(ticket: MadeTicket, key: String)], _ rounds: Int,
        _ goal: Goal, _ question: (MadeTicket, String) throws -> Void
    ) throws {
        // What stands on the disk is read by whoever comes first.
        for (ticket, key) in asked.prefix(20) where !name.hasSuffix("context") {
            try question(ticket, key)
        }
        let measured = try (0..<rounds).map { _ in
            let stolen = StolenTime()
            let durations = try asked.map { ticket, key in
                let start = ContinuousClock.now
                try question(ticket, key)
                return ContinuousClock.now - start
            }
            return (durations: durations.sorted(), stolen: stolen.share)
        }
        guard let calmest = measured.reversed().min(by: { $0.stolen < $1.stolen }) else { return }
        let durations = calmest.durations
        Figure("\(name)_p50", durations.median).report()
        Figure("\(name)_p99", durations[durations.count * 99 / 100], goal).report()
        Figure("\(name)_stolen", calmest.stolen * 100, "% of the processors' time").report()
    }
}
