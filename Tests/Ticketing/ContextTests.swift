import OpsInventory
import OpsJSONRPC
import Testing

@testable import OpsCore
@testable import OpsTicketing

/// One call with all that matters around a ticket.
@Suite struct ContextTests {
    private func page(
        _ fixture: TicketingFixture, _ key: String, _ more: JSON.Object = [:]
    ) async throws -> JSON {
        var params = more
        params["ticket"] = .string(key)
        return try await fixture.call("ticket.context", .object(params))
    }

    private func keys(_ tickets: JSON?) -> [String] {
        (tickets?.array ?? []).compactMap { $0["key"]?.string }
    }

    @Test func `A page has the ticket, its timeline, and what it affects`() async throws {
        try await TicketingFixture.run { fixture in
            let key = try await fixture.open("web1 is down", ["items": ["ci:1", "ci:2"]])
            try await fixture.call(
                "ticket.comment", ["ticket": .string(key), "body": "on it", "work_ms": 5])
            let page = try await page(fixture, key)
            #expect(page["ticket"]?["key"] == "INC-1")
            #expect(page["affects"] == ["ci:1", "ci:2"])
            #expect(page["timeline"]?.array?.map { $0["body"] } == ["on it"])
            #expect(page["work_ms"] == 5)
            #expect(page["contributions"] == [])
            #expect(page["missing"] == [])
            let error = await fixture.refusal("ticket.context", ["ticket": "INC-9"])
            #expect(error?.kind == "not_found")
        }
    }

    @Test func `A page says where a change may go by its type`() async throws {
        try await TicketingFixture.run { fixture in
            try await fixture.call("change.create", ["title": "leak", "type": "emergency"])
            let page = try await self.page(fixture, "CHG-1")
            #expect(page["next_states"] == ["authorize", "cancelled"])
        }
    }

    @Test func `A plugin that knows the warranty of an item says it on the page`() async throws {
        try await TicketingFixture.onMonday(others: [WarrantyPlugin.self]) { fixture in
            // Monday to Friday, nine to five, in the vendor's time zone.
            try await fixture.call(
                "calendar.create",
                [
                    "name": "Dell", "time_zone": "America/New_York",
                    "week": try JSON(encoding: SLAHours.week),
                ])
            let key = try await fixture.open("web1 is down", ["items": ["ci:1"]])
            func part() async throws -> JSON? {
                let page = try await page(fixture, key)
                #expect(page["missing"] == [])
                return page["contributions"]?[0]
            }
            let morning = try await part()
            #expect(morning?["plugin"] == "warranties")
            #expect(morning?["section"] == "warranty")
            #expect(morning?["subject"] == "ci:1")
            #expect(morning?["title"] == "Covered until 2027-01-31")
            // Nine in Berlin is three in New York.
            #expect(
                morning?["lines"]?[0]?["text"]
                    == "Dell, +49 731 123, opens 2026-01-05T14:00:00.000Z")
            try await fixture.pass(to: "05 16:00")
            #expect(
                try await part()?["lines"]?[0]?["text"]
                    == "Dell, +49 731 123, open now until 2026-01-05T22:00:00.000Z")
        }
    }

    @Test func `A plugin that knows backups says which restore was proven, and which never was`()
        async throws
    {
        try await TicketingFixture.onMonday(others: [BackupPlugin.self]) { fixture in
            let key = try await fixture.open("db1 lost its disk", ["items": ["ci:1", "ci:2"]])
            try await fixture.call("backup.prove", ["item": "ci:1"])
            try await fixture.pass(to: "07 10:00")
            func titles(_ more: JSON.Object = [:]) async throws -> [JSON?] {
                try await page(fixture, key)["contributions"]?.array?.map { $0["title"] } ?? []
            }
            #expect(
                try await titles() == [
                    "Restored 2 days ago, at 2026-01-05T08:00:00.000Z",
                    "No restore of it was ever proven",
                ])
            try await fixture.call("backup.prove", ["item": "ci:2"])
            #expect(
                try await titles().last == "Restored 0 days ago, at 2026-01-07T09:00:00.000Z")
            let part = try await page(fixture, key)["contributions"]?[0]
            #expect(part?["plugin"] == "backups")
            #expect(part?["section"] == "backup")
            #expect(part?["subject"] == "ci:1")
        }
    }

    @Test func `What a plugin that is off would say is left out, and the page says so`()
        async throws
    {
        try await TicketingFixture.run(others: [WarrantyPlugin.self], off: ["warranties"]) {
            fixture in
            let key = try await fixture.open("web1 is down", ["items": ["ci:1"]])
            let page = try await page(fixture, key)
            #expect(page["contributions"] == [])
            #expect(page["missing"]?[0]?["plugin"] == "warranties")
            #expect(page["missing"]?[0]?["sections"] == ["warranty"])
            #expect(page["missing"]?[0]?["reason"] == "disabled")
        }
    }

    @Test func `Similar tickets were solved, and those about the same item come first`()
        async throws
    {
        try await TicketingFixture.run { fixture in
            try await fixture.open("printer on floor three is on fire")
            try await fixture.open("mail server answers slowly", ["items": ["ci:9"]])
            try await fixture.open("web server answers slowly", ["items": ["ci:1"]])
            try await fixture.open("web server answers slowly again")
            try await fixture.open("certificate of shop expired", ["items": ["ci:1"]])
            try await fixture.open("web server answers with 502", ["kind": "request"])
            for number in [1, 2, 3, 5] {
                try await fixture.resolve("INC-\(number)", "fix \(number)")
            }
            try await fixture.move("REQ-1", "in_progress")
            try await fixture.resolve("REQ-1", "done")
            let key = try await fixture.open("web server answers slowly", ["items": ["ci:1"]])
            let page = try await page(fixture, key)
            #expect(keys(page["similar"]) == ["INC-3", "INC-5", "INC-2"])
            #expect(page["similar"]?[0]?["resolution"] == "fix 3")
            #expect(page["similar"]?[0]?["reason"] == "affects ci:1")
            let one = try await self.page(fixture, key, ["similar": 1])
            #expect(keys(one["similar"]) == ["INC-3"])
            let none = try await self.page(fixture, key, ["similar": 0])
            #expect(none["similar"] == [])
        }
    }

    @Test func `Changes of the same items stand on the page, from a week before it on`()
        async throws
    {
        try await TicketingFixture.run { fixture in
            for (title, item) in [("old", "ci:1"), ("new certificate", "ci:1"), ("far", "ci:2")] {
                try await fixture.call(
                    "change.create", ["title": .string(title), "items": [.string(item)]])
                await fixture.time.advance(by: .seconds(title == "old" ? 700_000 : 3600))
            }
            let key = try await fixture.open("web1 is down", ["items": ["ci:1"]])
            let page = try await page(fixture, key)
            #expect(page["changes"]?.array?.map { $0["title"] } == ["new certificate"])
            #expect(page["changes"]?[0]?["reason"] == "changes ci:1")
            let longer = try await self.page(fixture, key, ["changes_within_ms": 1_000_000_000])
            #expect(
                longer["changes"]?.array?.map { $0["title"] } == ["new certificate", "old"])
        }
    }

    @Test func `A change counts from when it was made, not from when somebody wrote about it`()
        async throws
    {
        try await TicketingFixture.run { fixture in
            let now = fixture.time.now()
            func ago(_ hours: Int) -> String { (now - .seconds(hours * 3600)).description }
            let text = """
                source,kind,title,state,resolution,created_at,closed_at,items
                a:1,change,last year,closed,done,\(ago(9000)),\(ago(8900)),ci:1
                a:2,change,yesterday,closed,done,\(ago(9000)),\(ago(20)),ci:1
                a:3,change,never,cancelled,,\(ago(40)),\(ago(30)),ci:1
                a:4,change,this week,closed,done,\(ago(9000)),\(ago(100)),ci:1
                """
            try await fixture.call("ticket.import", ["text": .string(text)])
            try await fixture.call(
                "change.create",
                [
                    "title": "next month", "items": ["ci:1"], "plan": "p", "backout_plan": "b",
                    "window_from": .string(ago(-700)), "window_to": .string(ago(-701)),
                ])
            let key = try await fixture.open("web1 is down", ["items": ["ci:1"]])
            let changes = try await page(fixture, key)["changes"]?.array ?? []
            #expect(changes.map { $0["title"] } == ["next month", "yesterday", "this week"])
            #expect(changes.map { $0["suspect"] } == [false, true, false])
            #expect(changes.map { $0["at"]?.string } == [ago(-700), ago(20), ago(100)])
            #expect(changes.first?["window_to"]?.string == ago(-701))
            let suspects = try await fixture.call("ticket.get", ["ticket": .string(key)])
            #expect(suspects["suspects"]?.array?.map { $0["title"] } == ["yesterday"])
        }
    }

    @Test func `What is planned crowds nothing out that was begun before`() async throws {
        try await TicketingFixture.run { fixture in
            let now = fixture.time.now()
            func after(_ hours: Int) -> String { (now + .seconds(hours * 3600)).description }
            let text = """
                source,kind,title,state,resolution,created_at,closed_at,items
                a:1,change,yesterday,closed,done,\(after(-9000)),\(after(-20)),ci:1
                """
            try await fixture.call("ticket.import", ["text": .string(text)])
            for week in 1...11 {
                try await fixture.call(
                    "change.create",
                    [
                        "title": .string("patch \(week)"), "items": ["ci:1"], "plan": "p",
                        "backout_plan": "b", "window_from": .string(after(week * 168)),
                        "window_to": .string(after(week * 168 + 2)),
                    ])
            }
            let key = try await fixture.open("web1 is down", ["items": ["ci:1"]])
            let changes = try await page(fixture, key)["changes"]?.array ?? []
            let expected = (1...9).reversed().map { "patch \($0)" } + ["yesterday"]
            #expect(changes.compactMap { $0["title"]?.string } == expected)
            #expect(changes.last?["suspect"] == true)
        }
    }

    @Test func `An item that stands on more than are looked at is no failure`() async throws {
        try await TicketingFixture.run(others: [InventoryPlugin.self]) { fixture in
            let parts = (1...110).map { "part\($0)" }
            for name in ["web1"] + parts {
                try await fixture.call("ci.create", ["name": .string(name), "class": "server"])
            }
            try await fixture.call(
                "ci.relate",
                ["ci": "web1", "rel": "depends_on", "to": .array(parts.map(JSON.string))])
            let known = try await fixture.call("ci.depends", ["ci": ["ci:1"], "limit": 101])
            #expect((known["more"]?.int ?? 0) > 0)
            let key = try await fixture.open("web1 is down", ["items": ["ci:1"]])
            #expect(try await page(fixture, key)["missing"] == [])
        }
    }

    @Test func `Problems are found among many incidents that say the same`() async throws {
        try await TicketingFixture.run { fixture in
            let title = "vpn gateway drops sessions"
            let old = try await fixture.open(title, ["kind": "problem"])
            for state in ["assess", "root_cause_analysis", "fix_in_progress"] {
                try await fixture.move(old, state)
            }
            try await fixture.resolve(old, "new firmware")
            for _ in 1...21 { try await fixture.resolve(try await fixture.open(title), "restart") }
            let new = try await fixture.open(title, ["kind": "problem"])
            let page = try await page(fixture, new)
            #expect(keys(page["similar"]) == ["PRB-1"])
        }
    }

    @Test func `What was merged crowds out nothing that was solved`() async throws {
        try await TicketingFixture.run { fixture in
            let title = "vpn gateway drops sessions"
            try await fixture.resolve(try await fixture.open(title), "new firmware")
            let new = try await fixture.open(title)
            for _ in 1...21 {
                let one = try await fixture.open(title)
                try await fixture.call(
                    "ticket.merge", ["ticket": .string(one), "into": .string(new)])
            }
            #expect(keys(try await page(fixture, new)["similar"]) == ["INC-1"])
        }
    }

    @Test func `Who shares most of the title is found beside those who say a rare word`()
        async throws
    {
        try await TicketingFixture.run { fixture in
            let best = try await fixture.open("vpn gateway slow again")
            try await fixture.resolve(best, "new firmware")
            for number in 1...5 {
                let one = try await fixture.open("call \(number)", ["description": "from ulm"])
                try await fixture.resolve(one, "called back")
            }
            for number in 1...9 { try await fixture.open("vpn gateway slow \(number)") }
            let key = try await fixture.open("vpn gateway ulm slow")
            #expect(keys(try await page(fixture, key)["similar"]).first == best)
        }
    }

    @Test func `Only tickets are similar, whatever else is found by the same words`() async throws {
        try await TicketingFixture.run { fixture in
            try await fixture.resolve(try await fixture.open("coffee is cold"), "new machine")
            let other = try #require(Ref("case:INC-1"))
            try await fixture.platform.store.write(as: .system, reason: "test") { tx in
                try tx.index(
                    SearchDocument(
                        ref: other, title: "vpn gateway drops sessions", body: "",
                        facets: ["solved": "true", "kind": "incident"]))
            }
            let key = try await fixture.open("vpn gateway drops sessions")
            #expect(try await page(fixture, key)["similar"] == [])
        }
    }

    @Test func `Changes of what an item stands on are on its page`() async throws {
        try await TicketingFixture.run(others: [InventoryPlugin.self]) { fixture in
            for name in ["web1", "vm1", "hv1", "other"] {
                try await fixture.call(
                    "ci.create", ["name": .string(name), "class": "server"])
            }
            for (upper, lower) in [("web1", "vm1"), ("vm1", "hv1"), ("other", "web1")] {
                try await fixture.call(
                    "ci.relate",
                    ["ci": .string(upper), "rel": "runs_on", "to": [.string(lower)]])
            }
            for item in ["ci:3", "ci:4"] {
                try await fixture.call(
                    "change.create",
                    ["title": .string("new \(item)"), "items": [.string(item)]])
            }
            try await fixture.call(
                "change.create", ["title": "both", "items": ["ci:1", "ci:2", "ci:3"]])
            let key = try await fixture.open("web1 is down", ["items": ["ci:1"]])
            let page = try await page(fixture, key)
            let said = (page["changes"]?.array ?? []).map {
                "\($0["title"]?.string ?? "") \($0["reason"]?.string ?? "")"
            }
            #expect(
                Set(said) == [
                    "both changes ci:1", "new ci:3 changes ci:3, on which it stands",
                ])
            #expect(page["missing"] == [])
            // An item that the inventory has no more leaves the rest of the page as it is.
            let lost = try await fixture.open("gone is down", ["items": ["ci:1", "ci:99"]])
            let rest = try await self.page(fixture, lost)
            #expect(rest["changes"]?.array?.map { $0["title"] } == ["both"])
            let gap = rest["missing"]?.array?.first { $0["sections"] == ["changes"] }
            #expect(gap?["plugin"] == "ticketing")
            #expect(gap?["message"]?.string?.contains("ci:99") == true)
        }
    }

    @Test func `Titles are alike by their words, of which the rarest say most`() {
        let title = "VPN gateway is slow: customer at Ulm"
        #expect(Similarity.words(of: title, longest: 3) == ["customer", "gateway", "slow"])
        #expect(Similarity.words(of: "!?", longest: 3).isEmpty)
        let similarity = Similarity(rarities: ["customer": 2, "gateway": 5, "slow": 2, "vpn": 7])
        #expect(similarity.words == ["vpn", "gateway", "customer", "slow"])
        #expect(similarity.common(with: "slow VPN, no gateways") == ["vpn", "slow"])
        func score(_ title: String, sharesItem: Bool) -> Double {
            similarity.score(common: similarity.common(with: title), sharesItem: sharesItem)
        }
        #expect(score("slow VPN, no gateways", sharesItem: false) == 9)
        #expect(score("nothing alike", sharesItem: false) == 0)
        #expect(score("nothing alike", sharesItem: true) == 15)
        #expect(Similarity.words(of: "⚠️VPN 1️⃣ ne\u{301}", longest: 9) == ["vpn"])
        let accents = "Gerät fällt aus: Cafe\u{301}-Küche №½, ٣٤٥ 日本語"
        #expect(
            Similarity.words(of: accents, longest: 9)
                == ["fällt", "gerät", "küche", "cafe\u{301}", "aus", "٣٤٥", "日本語"])
    }

    @Test func `What shares a rare word is similar before what shares frequent ones`() async throws
    {
        try await TicketingFixture.run { fixture in
            try await fixture.resolve(
                try await fixture.open("toner of plotter is empty"), "new toner")
            for number in 1...60 {
                let title = "printer in room \(number) is slow today"
                try await fixture.resolve(try await fixture.open(title), "restart")
            }
            let key = try await fixture.open("plotter in room 7 is slow today")
            let similar = try await page(fixture, key, ["similar": 20])["similar"]
            #expect(keys(similar).count == 20 && keys(similar).first == "INC-1")
            #expect(similar?[0]?["reason"] == "says plotter")
            #expect(similar?[1]?["reason"]?.string?.split(separator: " ").count == 4)
        }
    }
}

/// Knows what is covered: what procurement will know one day.
actor WarrantyPlugin: Plugin, Contributes {
    struct Settings: Declared {}

    /// The method whose callers see the part.
    struct ListWarranties: OpsCore.Method {
        static let name = "warranty.list"
        static let summary = "Lists warranties."
        static let effect = Effect.read
        typealias Result = Done
    }

    static let manifest = Manifest(
        name: "warranties", version: "1.0", summary: "Knows what is covered.",
        methods: [MethodDeclaration(ListWarranties.self)], calls: ["calendar.get"],
        contributions: [
            ContributionDeclaration(
                "warranty", "What covers an item.", about: ["ci"], seenLike: ListWarranties.name)
        ])

    /// The part of `calendar.get` that is needed here.
    private struct Hours: Decodable {
        var isOpen: Bool
        var changesAt: Instant?
    }

    private let context: PluginContext

    init(_ context: PluginContext, settings: Settings) throws {
        self.context = context
        context.methods.handle(ListWarranties.self) { _, _ in Done() }
    }

    func start() async throws {}
    func stop() async {}

    func contributions(_ question: ContributionQuestion) async throws -> [Contribution] {
        let answer = try await context.call("calendar.get", ["calendar": "Dell"])
        let hours = try answer.decode(Hours.self)
        let change = hours.changesAt?.description ?? "never"
        let words = hours.isOpen ? "open now until \(change)" : "opens \(change)"
        return question.subjects.map { item in
            Contribution(
                to: item, "warranty", title: "Covered until 2027-01-31",
                lines: [.init("Dell, +49 731 123, \(words)")])
        }
    }
}

/// Knows when a backup was last restored to see that it can be.
actor BackupPlugin: Plugin, Contributes {
    struct Settings: Declared {}

    /// Writes down that an item was restored from its backup just now.
    struct ProveBackup: OpsCore.Method {
        static let name = "backup.prove"
        static let summary = "Writes down that an item was restored from its backup."
        static let effect = Effect.write
        typealias Result = Done

        @Param("The item.")
        var item: Ref
    }

    static let manifest = Manifest(
        name: "backups", version: "1.0", summary: "Knows what can be restored.",
        methods: [MethodDeclaration(ProveBackup.self)],
        contributions: [
            ContributionDeclaration(
                "backup", "Whether an item can be restored.", about: ["ci"],
                seenLike: ProveBackup.name)
        ],
        migrations: [
            Migration(
                "create_proof",
                "CREATE TABLE backups_proof (item TEXT NOT NULL PRIMARY KEY, at BIGINT NOT NULL)")
        ])

    private let context: PluginContext

    init(_ context: PluginContext, settings: Settings) throws {
        self.context = context
        let store = context.store
        context.methods.handle(ProveBackup.self) { call, params in
            try await call.write(to: store) { tx in
                try tx.execute(
                    """
                    INSERT INTO backups_proof (item, at) VALUES (?, ?)
                    ON CONFLICT (item) DO UPDATE SET at = excluded.at
                    """, params.item, tx.now)
                return Done()
            }
        }
    }

    func start() async throws {}
    func stop() async {}

    func contributions(_ question: ContributionQuestion) async throws -> [Contribution] {
        let now = context.time.now()
        return try await context.store.read { tx in
            try question.subjects.map { item in
                let proof = try tx.row("SELECT at FROM backups_proof WHERE item = ?", item)
                let title = try proof.map { row in
                    let at = try row.instant("at")
                    let days = (now - at).components.seconds / 86_400
                    return "Restored \(days) days ago, at \(at)"
                }
                return Contribution(
                    to: item, "backup", title: title ?? "No restore of it was ever proven",
                    lines: [])
            }
        }
    }
}
