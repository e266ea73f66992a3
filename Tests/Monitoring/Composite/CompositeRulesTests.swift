import OpsJSONRPC
import Testing

@testable import OpsMonitoring

@Suite struct CompositeRulesTests {
    /// One letter a member: o ok, b bad, ? open.
    private func judge(
        _ letters: String, need: CompositeNeed, want: CompositeNeed? = nil
    ) -> CheckResult {
        let members = letters.enumerated().map { index, letter in
            let standing: CompositeRules.Standing =
                switch letter {
                case "o": .ok
                case "b": .bad
                default: .open
                }
            return CompositeRules.Member(
                name: "m\(index)", standing: standing, words: letter == "?" ? "paused" : "critical")
        }
        return CompositeRules.judge(members, need: need, want: want)
    }

    @Test(arguments: [
        ("ooo", 2, CheckState.ok), ("oob", 2, .ok), ("obb", 2, .critical), ("bbb", 0, .ok),
        ("oo?", 2, .ok), ("o??", 2, .unknown), ("ob?", 2, .unknown), ("ob??", 3, .unknown),
        ("b??", 3, .critical), ("???", 1, .unknown), ("", 1, .unknown), ("", 0, .unknown),
        ("oo", 3, .critical),
    ])
    func `enough are ok, too few can be, or nobody knows`(
        letters: String, need: Int, state: CheckState
    ) {
        #expect(judge(letters, need: .count(need)).state == state)
    }

    @Test(arguments: [
        ("oooo", CheckState.ok), ("ooob", .warning), ("oobb", .warning), ("obbb", .critical),
        ("ooo?", .ok), ("oo?b", .warning), ("o?bb", .unknown),
    ])
    func `fewer than wanted is a warning, when that is certain`(letters: String, state: CheckState)
    {
        #expect(judge(letters, need: .count(2), want: .count(4)).state == state)
    }

    @Test(arguments: [
        (60.0, 5, 3), (60, 4, 3), (50, 3, 2), (100, 7, 7), (0, 7, 0), (33.4, 3, 2), (1, 200, 2),
        (66.7, 3, 3), (66.6, 3, 2),
    ])
    func `a percentage is rounded up`(percent: Double, total: Int, count: Int) {
        #expect(CompositeNeed.percent(percent).number(of: total) == count)
    }

    @Test func `the output names who is not ok, the bad ones first`() {
        #expect(judge("ooo", need: .percent(100)).output == "3 of 3 ok, 3 needed")
        #expect(
            judge("o?b", need: .count(1), want: .count(3)).output
                == "1 of 3 ok, 1 needed, 3 wanted: m2 critical, m1 paused")
        #expect(
            judge(String(repeating: "b", count: 12), need: .count(1)).output.hasSuffix(
                "m7 critical and 2 more"))
        #expect(judge("", need: .count(1)).output == "There is no check to count")
    }

    @Test func `only what is hard counts, and a paused member not at all`() {
        var status = CheckStatus()
        #expect(CompositeRules.standing(of: status, isPaused: false) == (.open, "pending"))
        status.hardState = .ok
        status.state = .critical
        #expect(CompositeRules.standing(of: status, isPaused: false) == (.ok, "ok"))
        #expect(CompositeRules.standing(of: status, isPaused: true) == (.open, "paused"))
        #expect(
            CompositeRules.standing(of: status, isPaused: false, isReachable: false)
                == (.open, "unreachable"))
        status.hardState = .warning
        #expect(CompositeRules.standing(of: status, isPaused: false) == (.bad, "warning"))
        status.hardState = .unknown
        #expect(CompositeRules.standing(of: status, isPaused: false) == (.open, "unknown"))
    }

    @Test func `need is a number or a percentage`() throws {
        let json: JSON = [2, "2", "60%", "33.4%", "0%"]
        let needs = try json.decode([CompositeNeed].self)
        #expect(needs == [.count(2), .count(2), .percent(60), .percent(33.4), .percent(0)])
        #expect(try JSON(encoding: needs).text == #"[2,2,"60%","33.4%","0%"]"#)
        for wrong in [-1, "many", "101%", "-1%", "%", 1.5] as [JSON] {
            #expect(throws: DecodingError.self) { try wrong.decode(CompositeNeed.self) }
        }
    }
}
