import OpsCalendar
import OpsJSONRPC
import Testing

@testable import OpsCore
@testable import OpsMonitoring

struct MaintenanceTimesTests {
    private static func at(_ text: String) -> Instant {
        Instant(text) ?? Instant(milliseconds: 0)
    }

    private static func nightly(_ rule: String = "FREQ=DAILY", minutes: Int) throws
        -> MaintenanceTimes
    {
        .recurring(
            Recurrence(
                try RecurrenceRule(rule), start: at("2026-03-27T02:00:00+01:00"),
                zone: try TimeZone(named: "Europe/Berlin")),
            .seconds(minutes * 60))
    }

    @Test func `A window holds its start and not its end`() {
        let times = MaintenanceTimes.once(
            MaintenanceWindow(
                startsAt: Self.at("2026-01-01T10:00:00Z"), endsAt: Self.at("2026-01-01T11:00:00Z")))
        #expect(times.window(at: Self.at("2026-01-01T09:59:59.999Z")) == nil)
        #expect(times.window(at: Self.at("2026-01-01T10:00:00Z")) != nil)
        #expect(times.window(at: Self.at("2026-01-01T10:59:59.999Z")) != nil)
        #expect(times.window(at: Self.at("2026-01-01T11:00:00Z")) == nil)
        #expect(times.starts(after: Self.at("2026-01-01T09:00:00Z"), limit: 5).count == 1)
        #expect(times.starts(after: Self.at("2026-01-01T10:00:00Z"), limit: 5).isEmpty)
    }

    @Test func `A window is as long in the night in which the clocks change`() throws {
        let times = try Self.nightly(minutes: 120)
        // 02:00 does not exist on the 29th and means 03:00, which is 01:00 UTC.
        let window = try #require(times.window(at: Self.at("2026-03-29T02:59:59Z")))
        #expect(window.startsAt == Self.at("2026-03-29T01:00:00Z"))
        #expect(window.endsAt == Self.at("2026-03-29T03:00:00Z"))
        #expect(times.window(at: Self.at("2026-03-29T03:00:00Z")) == nil)
        #expect(times.window(at: Self.at("2026-03-30T00:00:00Z")) != nil)
    }

    @Test func `An outlook says until when it stands`() throws {
        let times = try Self.nightly(minutes: 60)
        let outlook = times.outlook(at: Self.at("2026-03-27T12:00:00Z"))
        #expect(outlook.window == nil)
        #expect(outlook.changesAt == Self.at("2026-03-28T01:00:00Z"))
        let inside = times.outlook(at: Self.at("2026-03-28T01:30:00Z"))
        #expect(inside.changesAt == Self.at("2026-03-28T02:00:00Z"))
    }

    @Test func `The book is right at any instant, asked in any order`() throws {
        let book = MaintenanceBook()
        let subject = MaintenanceSubject(labels: ["site": "ulm"], lineage: [])
        let ulm = MaintenanceScope(
            labels: try LabelSelector("{site=\"ulm\"}", member: "select"), root: nil)
        let bonn = MaintenanceScope(
            labels: try LabelSelector("{site=\"bonn\"}", member: "select"), root: nil)
        let once = MaintenanceTimes.once(
            MaintenanceWindow(
                startsAt: Self.at("2026-03-28T01:30:00Z"), endsAt: Self.at("2026-03-28T05:00:00Z")))
        book.set(1, MaintenancePlan(scope: ulm, times: try Self.nightly(minutes: 60)))
        book.set(2, MaintenancePlan(scope: ulm, times: once))
        book.set(3, MaintenancePlan(scope: bonn, times: once))
        let wanted: [(String, [Int], Bool)] = [
            ("2026-03-28T01:45:00Z", [1, 2], true), ("2026-03-28T00:00:00Z", [], false),
            ("2026-03-28T04:59:59.999Z", [2], true), ("2026-03-28T05:00:00Z", [], false),
            ("2026-03-28T01:00:00Z", [1], true), ("2026-03-28T02:00:00Z", [2], true),
        ]
        for (text, covering, isAny) in wanted + wanted.reversed() {
            #expect(book.covering(subject, at: Self.at(text)) == covering, "\(text)")
            #expect(book.isAnyActive(at: Self.at(text)) == isAny, "\(text)")
        }
        book.set(2, nil)
        #expect(book.covering(subject, at: Self.at("2026-03-28T04:00:00Z")).isEmpty)
        #expect(book.windows(at: Self.at("2026-03-28T04:00:00Z")).keys.sorted() == [3])
    }

    @Test func `Windows that overlap follow each other without an end`() throws {
        let times = try Self.nightly("FREQ=HOURLY", minutes: 90)
        var known: MaintenanceWindow?
        var news: [String] = []
        var instant = Self.at("2026-03-27T00:00:00Z")
        for _ in 0..<600 {
            let now = times.window(at: instant)
            let change = MaintenanceWindow.news(known: known, now: now)
            if change.ended != nil { news.append("ended") }
            if change.started != nil { news.append("started") }
            known = now
            instant += .seconds(60)
        }
        #expect(news == ["started"])
    }

    @Test func `Who slept through an end and a start hears of both`() {
        let known = MaintenanceWindow(
            startsAt: Instant(milliseconds: 0), endsAt: Instant(milliseconds: 10))
        let later = MaintenanceWindow(
            startsAt: Instant(milliseconds: 20), endsAt: Instant(milliseconds: 30))
        #expect(MaintenanceWindow.news(known: known, now: later) == (known, later))
        #expect(MaintenanceWindow.news(known: known, now: nil) == (known, nil))
        #expect(MaintenanceWindow.news(known: nil, now: later) == (nil, later))
        #expect(MaintenanceWindow.news(known: nil, now: nil) == (nil, nil))
    }

    @Test(arguments: [
        ("{site=\"ulm\"}", true), ("{site!=\"ulm\"}", false), ("{check=~\"web.*\"}", true),
        ("{type=\"http\",site=~\"ulm|bonn\"}", true), ("{missing=\"\"}", true), ("{}", true),
        ("web1{}", true), ("web2{}", false), ("check=web1", true), ("web1", false), ("site", true),
        ("{rule=~\".+\"}", false),
    ])
    func `A selector is held against labels, name and type`(select: String, isCovered: Bool) throws
    {
        let scope = MaintenanceScope(
            labels: try LabelSelector(select, member: "select"), root: nil)
        let definition = CheckDefinition(
            name: "web1", type: "http", labels: ["site": "ulm"], intervalMs: 1, retryIntervalMs: 1,
            timeoutMs: 1, maxAttempts: 1, members: [:])
        #expect(scope.covers(MaintenanceSubject(definition, lineage: [1])) == isCovered)
    }

    @Test func `A root covers what depends on it, as far as the labels agree`() throws {
        let subject = MaintenanceSubject(labels: ["site": "ulm"], lineage: [7, 3, 1])
        let ulm = try LabelSelector("{site=\"ulm\"}", member: "select")
        let bonn = try LabelSelector("{site=\"bonn\"}", member: "select")
        #expect(MaintenanceScope(labels: nil, root: 3).covers(subject))
        #expect(!MaintenanceScope(labels: nil, root: 4).covers(subject))
        #expect(MaintenanceScope(labels: ulm, root: 3).covers(subject))
        #expect(!MaintenanceScope(labels: bonn, root: 3).covers(subject))
    }
}
