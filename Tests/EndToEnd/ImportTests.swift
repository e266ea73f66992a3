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

    private func take(_ number: Int, _ client: TestClient) async throws -> JSON {
        try await client.call(
            "ci.import", ["text": .string(Self.piece(number)), "limit": 0])
    }

    /// Imports pieces over several connections until the daemon is killed; returns those that were
    /// acknowledged.
    private func crash(
        _ daemon: Daemon, _ numbers: Range<Int>, after count: Int
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
                        guard (try? await self.take(number, client)) != nil else { break }
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

    @Test func `kill -9 during imports leaves all or nothing of each`() async throws {
        try await Daemon.run(Self.configuration) { daemon in
            let pieces = 0..<9
            let acknowledged = try await crash(daemon, pieces, after: Int.random(in: 1...4))
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
            #expect(again.output.contains("1 line was left out"), "\(again.output)")
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
