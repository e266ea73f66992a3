import OpsJSONRPC
import Testing

@testable import OpsToken

@Suite struct RestrictionTests {
    @Test(arguments: [
        ("check.list", "check.list", true), ("check.list", "check.lists", false),
        ("check.*", "check.template.list", true), ("check.*", "check", false),
        ("check.*", "checks.list", false), ("*", "anything.at_all", true),
    ])
    func `a pattern matches a name, what is below it, or everything`(
        _ pattern: String, _ method: String, _ matches: Bool
    ) throws {
        #expect(try #require(MethodPattern(pattern)).matches(method) == matches)
    }

    @Test(arguments: ["", ".", "check.", ".*", "**", "check.*.list", "ch*", "a..b", "a b", "é"])
    func `what is no pattern is refused`(_ text: String) {
        #expect(MethodPattern(text) == nil)
    }

    @Test(arguments: [
        ("check=check:3", #"{"check":"check:3"}"#, true),
        ("check=check:3", #"{"check":"check:30"}"#, false),
        ("check=check:3", "{}", false),
        ("check=check:3", #"["check:3"]"#, false),
        ("check=check:3", #"{"check":["check:3"]}"#, false),
        ("limit=10", #"{"limit":10}"#, true),
        ("limit=10", #"{"limit":10.0}"#, false),
        ("all=true", #"{"all":true}"#, true),
        ("reason=null", #"{"reason":null}"#, false),
        ("name^web-", #"{"name":"web-1"}"#, true),
        ("name^web-", #"{"name":"db-1"}"#, false),
        ("name^", #"{"name":5}"#, false),
        ("limit<100", #"{"limit":99.5}"#, true),
        ("limit<100", #"{"limit":100}"#, false),
        ("limit<100", #"{"limit":"5"}"#, false),
        ("limit<100", "{}", false),
        ("limit>1", #"{"limit":2}"#, true),
        ("limit>1", #"{"limit":1}"#, false),
        ("reason?", #"{"reason":"rain"}"#, true),
        ("reason?", #"{"reason":null}"#, false),
        ("reason?", "{}", false),
        ("reason!", "{}", true),
        ("reason!", #"{"reason":""}"#, false),
        ("reason!", #"["rain"]"#, false),
        ("labels.site=krk", #"{"labels":{"site":"krk"}}"#, true),
        ("labels.site=krk", #"{"labels":"krk"}"#, false),
        ("labels.site!", #"{"labels":{"host":"a"}}"#, true),
        ("labels.site!", #"{"labels":"site"}"#, false),
        ("labels.site!", "{}", true),
    ])
    func `a condition on the parameters holds or does not`(
        _ text: String, _ params: String, _ holds: Bool
    ) throws {
        let condition = try #require(ParameterCondition(text))
        #expect(condition.text == text)
        #expect(condition.holds(for: try JSON.parse(params)) == holds)
    }

    @Test func `texts that only look the same are not equal`() throws {
        let condition = try #require(ParameterCondition("name=caf\u{e9}"))
        #expect(condition.holds(for: ["name": "caf\u{e9}"]))
        #expect(!condition.holds(for: ["name": "cafe\u{301}"]))
        let prefix = try #require(ParameterCondition("name^cafe"))
        #expect(prefix.holds(for: ["name": "cafe\u{301}"]))
    }

    @Test func `without parameters only absence holds`() throws {
        #expect(try #require(ParameterCondition("reason!")).holds(for: nil))
        #expect(!(try #require(ParameterCondition("reason?")).holds(for: nil)))
    }

    @Test func `a number that is too long for a double is not taken for a smaller one`() throws {
        let condition = try #require(ParameterCondition("id<9007199254740993"))
        #expect(!condition.holds(for: try JSON.parse(#"{"id":9007199254740993}"#)))
        #expect(!condition.holds(for: try JSON.parse(#"{"id":1e400}"#)))
    }

    @Test(arguments: [
        "", "check", "=x", "a..b=x", "a b=x", "limit<ten", "limit<", "why?x", "x!y", "a~b",
    ])
    func `what is no condition is refused`(_ text: String) {
        #expect(ParameterCondition(text) == nil)
    }

    @Test(arguments: ["10/60", "1/1", "1000000/1000000"])
    func `a rate reads back`(_ text: String) throws {
        #expect(try #require(RateLimit(text)).text == text)
    }

    @Test(arguments: [
        "", "/", "10", "10/", "0/1", "1/0", "+1/2", "-1/2", "1/2/3", "1000001/1", "1 /2",
    ])
    func `what is no rate is refused`(_ text: String) {
        #expect(RateLimit(text) == nil)
    }

    @Test func `every restriction says in words what it does`() throws {
        let words = try [
            #"{"methods":["check.*","system.info","event.read"]}"#, #"{"methods":[]}"#,
            #"{"effects":["read","write"]}"#, #"{"effects":[]}"#, #"{"param":"limit<100"}"#,
            #"{"param":"check=check:3"}"#, #"{"param":"name^web-"}"#, #"{"param":"limit>1"}"#,
            #"{"param":"reason?"}"#, #"{"param":"reason!"}"#,
            #"{"not_before":"2026-11-21T00:00:00Z"}"#, #"{"not_after":"2026-11-22T00:00:00Z"}"#,
            #"{"rate":"1/60"}"#,
        ].map { try #require(Restriction(json: try JSON.parse($0))).words }
        #expect(
            words == [
                "only the methods check.*, system.info or event.read", "no method at all",
                "only methods that read or write", "no method at all, by effect",
                "only calls where limit is less than 100",
                "only calls where check is \"check:3\"",
                "only calls where name begins with \"web-\"",
                "only calls where limit is greater than 1", "only calls where reason is given",
                "only calls where reason is not given", "not before 2026-11-21T00:00:00.000Z",
                "not after 2026-11-22T00:00:00.000Z", "at most 1 call in 60 s",
            ])
    }
}
