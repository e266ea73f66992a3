import Glibc
import OpsJSONRPC
import TestClient
import Testing

/// Files that are imported into a real daemon, which may die meanwhile.
@Suite("Imports", .timeLimit(.minutes(3)))
struct ImportTests {
    private static let configuration: JSON = ["schema": 1, "plugins": [["name": "inventory"]]]
    private static let size = 1500

    /// The lines of one piece: items that stand on the first of them.
    private static func piece(_ number: Int) -> String {
        let rows = (0..<size).map {
            "p\(number)-\($0),server,p\(number)-0,stands in rack \($0 % 40)"
        }
        return "name,class,member_of,description\n"
            + rows.enumerated().map { $0 == 0 ? "p\(number)-0,server,,the first" : $1 }
            .joined(separator: "\n")
    }

    @Sendable
    private func take(_ number: Int, _ client: TestClient) async throws -> JSON {
        try await client.call(
            "ci.import", ["text": .string(Self.piece(number)), "limit": 0])
    }

    private static let ticketCount = 400

    /// Tickets that are found by the number of their piece.
    @Sendable
    private func takeTickets(_ number: Int, _ client: TestClient) async throws -> JSON {
        let rows = (0..<Self.ticketCount).map {
            "desk:\(number)-\($0),piece\(number) fails,ann,ci:1"
        }
        let text = "source,title,requester,items\n" + rows.joined(separator: "\n")
        return try await client.call("ticket.import", ["text": .string(text), "limit": 0])
    }

    /// Imports pieces over several connections until the daemon is killed; returns those that were
    /// acknowledged.
    private func crash(
        _ daemon: Daemon, _ numbers: Range<Int>, after count: Int,
        _ take: @escaping @Sendable (Int, TestClient) async throws -> JSON
    ) async throws -> Set<Int> {
        let clients = try (0..<3).map { _ in try daemon.connect() }
        let program = daemon.program
        let counter = Countdown(count) { program.send(SIGKILL) }
        let acknowledged = await withTaskGroup(of: Set<Int>.self) { group in
            for (index, client) in clients.enumerated() {
                group.addTask {
                    var taken: Set<Int> = []
                    for number in numbers where number % clients.count == index {
                        // That the daemon dies is the point.
                        guard (try? await take(number, client)) != nil else { break }
                        taken.insert(number)
                        counter.tick()
                    }
                    return taken
                }
            }
            return await group.reduce(into: Set()) { $0.formUnion($1) }
        }
        #expect(try await program.ending() == .signalled(SIGKILL))
        return acknowledged
    }

    private func count(_ piece: Int, _ client: TestClient) async throws -> Int {
        var found = 0
        var params: JSON.Object = ["name": .string("p\(piece)-"), "limit": 1000]
        while true {
            let page = try await client.call("ci.list", params)
            found += page["items"]?.array?.count ?? 0
            guard let cursor = page["next_cursor"], !cursor.isNull else { return found }
            params["cursor"] = cursor
        }
    }

    @Test(arguments: [1, 4])
    func `kill -9 during imports leaves all or nothing of each`(taken: Int) async throws {
        try await Daemon.run(Self.configuration) { daemon in
            let pieces = 0..<9
            let acknowledged = try await crash(daemon, pieces, after: taken, take)
            try await daemon.start()
            let client = try daemon.connect()
            var there: Set<Int> = []
            for piece in pieces {
                let found = try await count(piece, client)
                #expect(found == 0 || found == Self.size, "piece \(piece)")
                if found > 0 { there.insert(piece) }
            }
            #expect(acknowledged.isSubset(of: there))
            #expect(!there.isEmpty && there.count < pieces.count)
            #expect(try await client.call("audit.verify")["ok"] == true)
            let hits = try await client.call("search.query", ["text": "rack", "limit": 1])
            #expect(hits["total"]?.int == there.count * (Self.size - 1))
            for piece in pieces {
                let counts = try await take(piece, client)["counts"]
                #expect(counts?["ci"]?["created"]?.int == (there.contains(piece) ? 0 : Self.size))
                let relations = there.contains(piece) ? 0 : Self.size - 1
                #expect(counts?["relation"]?["created"]?.int ?? 0 == relations)
            }
        }
    }

    @Test(arguments: [1, 4])
    func `kill -9 during imports of tickets leaves their clocks and waits with them`(
        taken: Int
    ) async throws {
        let configuration: JSON = ["schema": 1, "plugins": [["name": "ticketing"]]]
        try await Daemon.run(configuration) { daemon in
            let client = try daemon.connect()
            let targets: JSON = [
                ["metric": "response", "target_ms": 86_400_000],
                ["metric": "resolution", "target_ms": 864_000_000],
            ]
            _ = try await client.call(
                "sla.create", ["name": "gold", "rank": 1, "targets": targets])
            _ = try await client.call(
                "trigger.create",
                [
                    "name": "remind", "rank": 1, "event": "waiting", "state": "new",
                    "after_ms": 86_400_000, "actions": ["note": "still there?"],
                ])
            let pieces = 0..<9
            let acknowledged = try await crash(daemon, pieces, after: taken, takeTickets)
            try await daemon.start()
            let again = try daemon.connect()
            var there: Set<Int> = []
            for piece in pieces {
                let hits = try await again.call(
                    "search.query", ["text": .string("piece\(piece)"), "limit": 1])
                let found = hits["total"]?.int ?? 0
                #expect(found == 0 || found == Self.ticketCount, "piece \(piece)")
                if found > 0 { there.insert(piece) }
            }
            #expect(acknowledged.isSubset(of: there))
            #expect(!there.isEmpty && there.count < pieces.count)
            let tickets = there.count * Self.ticketCount
            #expect(try await pages("ticket.list", again) == tickets)
            #expect(try await pages("sla.clock.list", again) == 2 * tickets)
            let trigger = try await again.call("trigger.get", ["trigger": "remind"])
            #expect(trigger["tally"]?["waiting"]?.int == tickets)
            let links = try await again.call("link.list", ["ref": "ci:1"])
            #expect(links["items"]?.array?.count == tickets)
            #expect(try await again.call("audit.verify")["ok"] == true)
            for piece in pieces {
                let counts = try await takeTickets(piece, again)["counts"]?["ticket"]
                let created = there.contains(piece) ? 0 : Self.ticketCount
                #expect(counts?["created"]?.int == created)
            }
            #expect(try await pages("sla.clock.list", again) == 2 * 9 * Self.ticketCount)
        }
    }

    /// How many a list has on all of its pages.
    private func pages(_ method: String, _ client: TestClient) async throws -> Int {
        var (found, params) = (0, ["limit": 1000] as JSON.Object)
        while true {
            let page = try await client.call(method, params)
            found += page["items"]?.array?.count ?? 0
            guard let cursor = page["next_cursor"], !cursor.isNull else { return found }
            params["cursor"] = cursor
        }
    }

    @Test func `a file that is larger than a request is imported with a report by line`()
        async throws
    {
        try await Daemon.run(Self.configuration) { daemon in
            let rows = (1...12_000).map { "n\($0),\($0 == 9000 ? "No Word" : "server")\n" }
            let file = try daemon.folder.write("name,class\n" + rows.joined(), to: "items.csv")
            let refused = try await daemon.opsloop("ci", "import", "@" + file)
            #expect(refused.exit == 1)
            #expect(refused.errors.contains("line 9001: class"), "\(refused.errors)")
            #expect(refused.errors.contains("the first 5000 of 12000 records are in"))
            let taken = try await daemon.opsloop(
                "ci", "import", "@" + file, "--mode", "rows", "--limit", "0", "--output", "json")
            #expect(taken.exit == 0, "\(taken.errors)")
            #expect(taken.json["counts"]?["ci"]?["created"] == 6999)
            #expect(taken.json["counts"]?["ci"]?["unchanged"] == 5000)
            #expect(taken.json["rejected"] == 1)
            #expect(taken.json["mistakes"]?[0]?["path"] == "line 9001: class")
            let again = try await daemon.opsloop("ci", "import", "@" + file, "--mode", "rows")
            #expect(again.output.contains("1 record was left out"), "\(again.output)")
        }
    }

    @Test(PseudoTerminal.isNeeded)
    func `a large file of tickets is imported with its progress, and again changes nothing`()
        async throws
    {
        let configuration: JSON = ["schema": 1, "plugins": [["name": "ticketing"]]]
        try await Daemon.run(configuration) { daemon in
            let client = try daemon.connect()
            _ = try await client.call("queue.create", ["name": "office", "assignee": "ana"])
            let rows = (1...20_000).map {
                "desk:\($0),request,Screen \($0) flickers,office,user\($0 % 700),site=b\($0 % 9)\n"
            }
            let file = try daemon.folder.write(
                "source,kind,title,queue,requester,labels\n" + rows.joined(), to: "tickets.csv")
            let call = ["ticket", "import", "@" + file, "--limit", "0", "--output", "json"]
            let terminal = try PseudoTerminal()
            let (program, _) = try daemon.begin(call, terminal: terminal)
            let shown = try await terminal.until("20000 of 20000 records")
            for count in [5000, 10_000, 15_000] {
                #expect(shown.contains("\(count) of 20000 records"), "\(count)")
            }
            let report = try JSON.parse(try await program.rest())
            #expect(try await program.ending() == .exited(0))
            #expect(report["counts"]?["ticket"]?["created"] == 20_000)
            let last = try await client.call("ticket.get", ["ticket": "REQ-20000"])["ticket"]
            #expect(last?["title"] == "Screen 20000 flickers")
            #expect(last?["assignee"] == "ana")
            let hits = try await client.call("search.query", ["text": "flickers", "limit": 1])
            #expect(hits["total"] == 20_000)

            let again = try await daemon.opsloop("ticket", "import", "@" + file, "--output", "json")
            #expect(again.exit == 0, "\(again.errors)")
            let counts: JSON = ["created": 0, "updated": 0, "unchanged": 20_000]
            #expect(again.json["counts"]?["ticket"] == counts)
            #expect(again.json["changes"] == [])
            #expect(try await client.call("audit.verify")["ok"] == true)
        }
    }
}
