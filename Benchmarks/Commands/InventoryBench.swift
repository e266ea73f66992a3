import ArgumentParser
import OpsJSONRPC

/// A large inventory: how fast it comes in, and how long the question of what fails takes.
struct InventoryBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inventory",
        abstract: "Imports 200,000 items and 1,000,000 relations, and asks what fails with one.")

    @Option(help: "How many items; a multiple of the block.") var items = 200_000
    @Option(help: "How many items fail with the first of them.") var block = 10_000
    @Option(help: "How many relations lead from each item.") var relations = 5
    @Option(help: "How many items one request imports.") var piece = 5000
    @Option(help: "How often what fails is asked.") var questions = 40

    func run() throws {
        let workspace = try Workspace()
        let config = try workspace.write(
            #"{"schema": 1, "plugins": [{"name": "inventory"}]}"#, to: "plugins.json")
        let daemon = try Daemon(workspace, config: config)
        defer { daemon.stop() }
        let client = try daemon.connect()
        let inventory = MadeInventory(block: block, relations: relations)
        let pieces = stride(from: 0, to: items, by: piece).map { $0..<min(items, $0 + piece) }
        // What the client takes to make a text up is not counted.
        let texts = pieces.map(inventory.items)
        let took = try report("inventory_import", of: items, "records/s", .atLeast(20_000)) {
            for (text, range) in zip(texts, pieces) {
                try take(text, client, "ci", created: range.count)
            }
        }
        try StoredAgain(workspace: workspace, parts: pieces.count)
            .report(under: "inventory_import", of: items, took: took)
        try report("inventory_import_again", of: items, "records/s") {
            for text in texts { try take(text, client, "ci", created: 0) }
        }
        let total = (0..<items).reduce(0) { $0 + inventory.supports(of: $1).count }
        Figure("inventory_relations", Double(total), "relations").report()
        let relations = pieces.map { range in
            (inventory.relations(range), range.reduce(0) { $0 + inventory.supports(of: $1).count })
        }
        try report("inventory_relate", of: total, "relations/s") {
            for (text, count) in relations { try take(text, client, "relation", created: count) }
        }
        try ask(client)
        let usage = try ProcessUsage(of: daemon.id)
        Figure("inventory_rss", usage.residentMegabytes, "MB").report()
    }

    /// Reports how many a second come in, and answers how long all took.
    @discardableResult
    private func report(
        _ name: String, of count: Int, _ unit: String, _ goal: Goal? = nil,
        _ take: () throws -> Void
    ) throws -> Duration {
        let start = ContinuousClock.now
        try take()
        let took = ContinuousClock.now - start
        Figure(name, Double(count) / took.inSeconds, unit, goal).report()
        return took
    }

    private func take(
        _ text: String, _ client: Client, _ noun: String, created: Int
    ) throws {
        let answer = try client.call("ci.import", ["text": .string(text), "limit": 0])
        guard answer["counts"]?[noun]?["created"]?.int ?? 0 == created else {
            throw BenchError("\(answer.text) was answered, not \(created) created")
        }
    }

    private func ask(_ client: Client) throws {
        var durations: [Duration] = []
        for number in 0..<questions {
            let root = number * block % items
            let start = ContinuousClock.now
            let graph = try client.call(
                "ci.impact", ["ci": [.string(MadeInventory.name(root))], "limit": 100])
            durations.append(ContinuousClock.now - start)
            guard graph["item_count"]?.int == block - 1 else {
                throw BenchError(
                    "\(graph["item_count"]?.text ?? "nothing") fails, not \(block - 1)")
            }
        }
        durations.sort()
        Figure("inventory_impact_p50", durations.median, .atMost(100)).report()
        Figure("inventory_impact_max", durations[durations.count - 1]).report()
    }
}

/// Items that stand on each other in blocks, each of which falls with its first item.
struct MadeInventory {
    let block: Int
    let relations: Int

    private static let classes = ["server", "vm", "switch", "application", "database", "storage"]

    static func name(_ number: Int) -> String { "node-\(number)" }

    /// Items as JSON lines, with text as people write it.
    func items(_ range: Range<Int>) -> String {
        range.map { number in
            var text = MadeText(seed: UInt64(number))
            let item: JSON = [
                "name": .string(Self.name(number)),
                "class": .string(Self.classes[number % Self.classes.count]),
                "environment": .string(number % 3 == 0 ? "production" : "test"),
                "criticality": .number(JSON.Number(1 + number % 4)),
                "description": .string(text.sentence(12)),
                "discovered_by": "bench", "external_key": .string("serial-\(number)"),
                "fields": [
                    "os": "Debian 12", "ram_gb": .number(JSON.Number(8 << (number % 5))),
                ],
            ]
            return item.text
        }.joined(separator: "\n")
    }

    /// What the items stand on, as JSON lines.
    func relations(_ range: Range<Int>) -> String {
        range.map { number in
            let line: JSON = [
                "discovered_by": "bench", "external_key": .string("serial-\(number)"),
                "depends_on": .array(supports(of: number).map { .string(Self.name($0)) }),
            ]
            return line.text
        }.joined(separator: "\n")
    }

    /// Earlier items of the same block; the first one stands on nothing.
    func supports(of number: Int) -> [Int] {
        let place = number % block
        guard place > 0 else { return [] }
        let first = number - place
        return Set(
            (0..<relations).map { first + (place / 10 &+ $0 &* $0 &* 97) % place }
        ).sorted()
    }
}
