import OpsJSONRPC
import Testing

@testable import OpsCore
@testable import OpsMonitoring

/// What may depend on what, as values.
@Suite struct DependencyRulesTests {
    private static func check(
        _ name: String, _ parents: JSON = [], labels: [String: String] = [:]
    ) -> CheckDefinition {
        var wish = CreateCheck()
        wish.name = name
        wish.type = "host"
        wish.labels = labels
        wish.members = ["parents": parents]
        return CheckDefinition(wish)
    }

    private static func composite(
        _ name: String, _ members: JSON = [], select: String? = nil, parents: JSON = []
    ) -> CheckDefinition {
        var wish = CreateCheck()
        wish.name = name
        wish.type = CompositeCheck.kind
        wish.members = ["checks": members, "parents": parents]
        if let select { wish.members["select"] = .string(select) }
        return CheckDefinition(wish)
    }

    private static func complaints(
        _ checks: [CheckDefinition], changed: [String]? = nil
    ) -> [String] {
        let own = Dictionary(checks.map { ($0.name, $0) }, uniquingKeysWith: { $1 })
        let world = DependencyRules.World(
            name: { own[$0]?.name }, definition: { own[$0] },
            dependents: checks.filter(\.mayNeedOthers).map(\.name))
        return DependencyRules.complaints(about: changed ?? checks.map(\.name), in: world)
            .map { "\($0.check) \($0.field.path): \($0.field.reason)" }
    }

    @Test func `What is named and not there is said with its place`() {
        let checks = [
            Self.check("a", ["b", ["any_of": ["b", "x"]]]), Self.check("b"),
            Self.composite("c", ["a", "y"]),
        ]
        #expect(
            Self.complaints(checks) == [
                "a parents[1].any_of[1]: there is no check \"x\"",
                "c checks[1]: there is no check \"y\"",
            ])
        #expect(Self.complaints(checks, changed: ["b"]) == [])
    }

    @Test func `Each check of a circle is told its own way round`() {
        let checks = [
            Self.check("a", ["b"]), Self.check("b", [["any_of": ["c", "d"]]]),
            Self.check("c", ["a"]), Self.check("d", ["e"]), Self.check("e"),
        ]
        #expect(
            Self.complaints(checks) == [
                "a parents[0]: the check would depend on itself: a > b > c > a",
                "b parents[0].any_of[0]: the check would depend on itself: b > c > a > b",
                "c parents[0]: the check would depend on itself: c > a > b > c",
            ])
        // Whoever changes something is told of what it changes.
        #expect(Self.complaints(checks, changed: ["c"]).count == 1)
        #expect(Self.complaints(checks, changed: ["d"]) == [])
    }

    @Test func `A check that depends on itself and a diamond are told apart`() {
        #expect(
            Self.complaints([Self.check("a", ["a"])])
                == ["a parents[0]: the check would depend on itself: a > a"])
        let diamond = [
            Self.check("a", ["b", "c"]), Self.check("b", ["d"]), Self.check("c", ["d"]),
            Self.check("d"),
        ]
        #expect(Self.complaints(diamond) == [])
    }

    @Test func `A composite depends on its members, so parents and members make a circle together`()
    {
        let named = [
            Self.composite("site", ["web"]), Self.check("web", ["gate"]),
            Self.check("gate", ["site"]),
        ]
        #expect(
            Self.complaints(named, changed: ["site"])
                == ["site checks[0]: the check would depend on itself: site > web > gate > site"])
        let selected = [
            Self.composite("site", select: "role=web"),
            Self.check("web", ["site"], labels: ["role": "web"]),
            Self.check("db", ["site"], labels: ["role": "db"]),
        ]
        #expect(
            Self.complaints(selected) == [
                "site select: the check would depend on itself: site > web > site",
                "web parents[0]: the check would depend on itself: web > site > web",
            ])
        // A composite is never selected.
        let apart = [
            Self.composite("site", select: "!role"), Self.composite("all", ["site"]),
            Self.composite("more", select: "!role", parents: ["all"]),
        ]
        #expect(Self.complaints(apart) == [])
    }

    private static func chain(_ length: Int) -> [CheckDefinition] {
        (1...length).map { check("\($0)", $0 < length ? [.string("\($0 + 1)")] : []) }
    }

    @Test func `A chain may have 256 checks and no more, whichever end is looked at first`() {
        #expect(Self.complaints(Self.chain(256)) == [])
        let tooLong = Self.complaints(Self.chain(257))
        #expect(tooLong.count == 1)
        #expect(
            tooLong.first?.hasPrefix("1 parents[0]: the check would depend on more than 256")
                == true)
        let backwards = Self.complaints(
            Self.chain(257), changed: (1...257).reversed().map(String.init))
        #expect(backwards.count == 1)
        #expect(backwards.first?.hasPrefix("1 parents[0]") == true)
        // What is above a check that changes is not looked at; it is when something there changes.
        #expect(Self.complaints(Self.chain(257), changed: ["256"]) == [])
        #expect(Self.complaints(Self.chain(257), changed: ["1"]).count == 1)
    }

    @Test func `A long list takes time in proportion to its length`() {
        // Many ways lead to the same checks: all of them would be 2 to the power of 200.
        let layers = 200
        let checks = (0..<layers).flatMap { layer in
            ["a", "b"].map { side -> CheckDefinition in
                let next = "\(layer + 1)"
                let parents: JSON =
                    layer + 1 < layers ? [.string("a\(next)"), .string("b\(next)")] : []
                return Self.check("\(side)\(layer)", parents)
            }
        }
        #expect(Self.complaints(checks) == [])
    }

    @Test func `The list of a file is judged alone, and what it does not hold may be in the store`()
    {
        func paths(_ checks: [JSON]) -> [String] {
            var settings = MonitoringSettings()
            settings.checks = checks
            do {
                try MonitoringPlugin.validate(settings)
                return []
            } catch {
                return error.fields.map(\.path)
            }
        }
        #expect(
            paths([
                ["name": "a", "type": "host", "parents": ["b"]],
                ["name": "b", "type": "host", "parents": ["elsewhere", "a"]],
            ]) == ["checks[0].parents[0]", "checks[1].parents[1]"])
        #expect(
            paths([
                ["name": "a", "type": "composite", "checks": ["b"]],
                ["name": "b", "type": "composite", "checks": ["a"]],
                ["name": "c", "type": "composite", "checks": ["elsewhere"]],
            ]) == ["checks[0].checks[0]", "checks[1].checks[0]"])
        #expect(paths([["name": "a", "type": "host", "parents": ["elsewhere"]]]) == [])
    }
}
