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
        try await TicketingFixture.run(others: [WarrantyPlugin.self]) { fixture in
            let key = try await fixture.open("web1 is down", ["items": ["ci:1"]])
            let page = try await page(fixture, key)
            let part = page["contributions"]?[0]
            #expect(part?["plugin"] == "warranties")
            #expect(part?["section"] == "warranty")
            #expect(part?["subject"] == "ci:1")
            #expect(part?["title"] == "Covered until 2027-01-31")
            #expect(part?["lines"]?[0]?["text"] == "Dell, +49 731 123, open now")
            #expect(page["missing"] == [])
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
                let key = try await fixture.open(title, ["items": [.string(item)]])
                // What a change is beside its kind makes no difference here.
                try await fixture.platform.store.write(as: .system, reason: "test") { tx in
                    try tx.execute(
                        "UPDATE ticketing_ticket SET kind = 'change' WHERE key = ?", key)
                }
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

    @Test func `Questions begin with all of the longest words and go on with fewer`() {
        let similarity = Similarity(title: "VPN gateway is slow: customer at Ulm")
        #expect(
            similarity.questions == [
                "customer gateway slow ulm", "customer gateway slow", "customer gateway",
                "customer",
            ])
        #expect(Similarity(title: "!?").questions.isEmpty)
        #expect(similarity.score(title: "gateway down", sharesItem: false) == 1)
        #expect(similarity.score(title: "nothing alike", sharesItem: true) == 3)
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
        methods: [MethodDeclaration(ListWarranties.self)],
        contributions: [
            ContributionDeclaration(
                "warranty", "What covers an item.", about: ["ci"], seenLike: ListWarranties.name)
        ])

    init(_ context: PluginContext, settings: Settings) throws {
        context.methods.handle(ListWarranties.self) { _, _ in Done() }
    }

    func start() async throws {}
    func stop() async {}

    func contributions(_ question: ContributionQuestion) async throws -> [Contribution] {
        question.subjects.map { item in
            Contribution(
                to: item, "warranty", title: "Covered until 2027-01-31",
                lines: [.init("Dell, +49 731 123, open now")])
        }
    }
}
