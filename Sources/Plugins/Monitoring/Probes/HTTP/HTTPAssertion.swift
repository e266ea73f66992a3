internal import OpsCore
internal import OpsJSONRPC
internal import OpsPattern

/// Something that an answer has to fulfil: one element of an `http` check's `assertions`.
struct HTTPAssertion: Declared {
    /// What is looked at.
    enum Subject: String, Codable, CaseIterable, Sendable {
        case status, header, body, json, time
    }

    /// A part of the time.
    enum Part: String, Codable, CaseIterable, Sendable {
        case dns, connect, tls, send, firstByte = "first_byte", receive, total
    }

    /// How bad it is when the answer does not fulfil it.
    enum Severity: String, Codable, CaseIterable, Sendable {
        case warning, critical

        var state: CheckState {
            switch self {
            case .warning: .warning
            case .critical: .critical
            }
        }
    }

    @Param("What is looked at.")
    var on: Subject
    @Param("The header's name, for header.", .present(.length(1...200)))
    var header: String?
    @Param(
        "A JSONPath (RFC 9535 without filters), for json; every value that it selects counts.",
        .present(.length(1...1000)), .example("$.items[0].status"))
    var jsonPath: String?
    @Param("Which part of the time, for time.")
    var phase: Part?
    @Param("Whether there must be such a header or value, or must be none.")
    var exists: Bool?
    @Param("The value that it has.")
    var equals: JSON?
    @Param("A value that it has not.")
    var notEquals: JSON?
    @Param("A number that it is above.")
    var greater: Double?
    @Param("A number that it is below.")
    var less: Double?
    @Param("A text that it contains.", .present(.length(1...1000)))
    var contains: String?
    @Param("A text that it does not contain.", .present(.length(1...1000)))
    var notContains: String?
    @Param("A regular expression that a part of it matches.", .present(.length(1...1000)))
    var matches: String?
    @Param("A regular expression that no part of it matches.", .present(.length(1...1000)))
    var notMatches: String?
    @Param("How long it may take, for time.", .present(.atLeast(0)))
    var atMostMs: Double?
    @Param("The state when it is not fulfilled.")
    var state: Severity = .critical
}

extension HTTPAssertion {
    /// The members that say what has to hold, in the order of their declaration.
    private var conditions: [(name: String, isGiven: Bool)] {
        [
            ("exists", exists != nil), ("equals", equals != nil), ("not_equals", notEquals != nil),
            ("greater", greater != nil), ("less", less != nil), ("contains", contains != nil),
            ("not_contains", notContains != nil), ("matches", matches != nil),
            ("not_matches", notMatches != nil), ("at_most_ms", atMostMs != nil),
        ]
    }

    private static let texts = [
        "equals", "not_equals", "contains", "not_contains", "matches", "not_matches",
    ]

    private var allowedConditions: [String] {
        switch on {
        case .status: ["equals", "not_equals", "greater", "less"]
        case .header, .json: ["exists", "greater", "less"] + Self.texts
        case .body: Self.texts
        case .time: ["at_most_ms"]
        }
    }

    /// What is wrong with it.
    var problems: [RPCError.FieldError] {
        let given = conditions.filter(\.isGiven).map(\.name)
        var problems = subjectProblems
        if given.isEmpty {
            let allowed = allowedConditions.joined(separator: ", ")
            problems.append(.init(path: "on", reason: "needs one of \(allowed)"))
        }
        for name in given where !allowedConditions.contains(name) {
            problems.append(.init(path: name, reason: "does not go with \(on.rawValue)"))
        }
        return problems + patternProblems("matches", matches)
            + patternProblems("not_matches", notMatches)
    }

    private var subjectProblems: [RPCError.FieldError] {
        var problems: [RPCError.FieldError] = []
        let owners = [
            ("header", header != nil, Subject.header), ("json_path", jsonPath != nil, .json),
            ("phase", phase != nil, .time),
        ]
        for (name, isGiven, owner) in owners where isGiven != (on == owner) {
            problems.append(
                .init(
                    path: name,
                    reason: isGiven ? "does not go with \(on.rawValue)" : "is required"))
        }
        if let jsonPath, on == .json {
            do throws(JSONPathParser.Failure) {
                _ = try JSONPath(jsonPath)
            } catch {
                problems.append(.init(path: "json_path", reason: "is no JSONPath: \(error)"))
            }
        }
        return problems
    }

    private func patternProblems(_ name: String, _ text: String?) -> [RPCError.FieldError] {
        do throws(PatternError) {
            _ = try pattern(text)
            return []
        } catch {
            return [.init(path: name, reason: "is no pattern: \(error)")]
        }
    }

    /// A body may be large, so it is matched as `expect_body_regex` is, line by line.
    private func pattern(_ text: String?) throws(PatternError) -> Pattern? {
        guard let text else { return nil }
        return try Pattern(text, on == .body ? .lines : .text)
    }

    /// The assertion made ready to be held against answers.
    func ready() throws -> ReadyAssertion {
        var wishes: [ReadyAssertion.Wish] = []
        if let exists { wishes.append(.exists(exists)) }
        if let equals { wishes.append(.equals(equals, true)) }
        if let notEquals { wishes.append(.equals(notEquals, false)) }
        if let greater { wishes.append(.greater(greater)) }
        if let less { wishes.append(.less(less)) }
        if let contains { wishes.append(.contains(contains, true)) }
        if let notContains { wishes.append(.contains(notContains, false)) }
        if let pattern = try pattern(matches) { wishes.append(.matches(pattern, true)) }
        if let pattern = try pattern(notMatches) { wishes.append(.matches(pattern, false)) }
        if let atMostMs { wishes.append(.atMost(milliseconds: atMostMs)) }
        return ReadyAssertion(subject: try subject(), wishes: wishes, state: state.state)
    }

    private func subject() throws -> ReadyAssertion.Subject {
        switch on {
        case .status: .status
        case .header: .header(header ?? "")
        case .body: .body
        case .json: .json(try JSONPath(jsonPath ?? "$"))
        case .time: .time(phase ?? .total)
        }
    }
}
