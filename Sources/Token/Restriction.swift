public import OpsJSONRPC

/// What a token forbids: everything but this.
public enum Restriction: Sendable, Equatable {
    /// Only methods that one of these matches.
    case methods([MethodPattern])
    /// Only methods with one of these effects: `read`, `write`, `destroy`.
    case effects([String])
    /// Only calls whose parameters are so.
    case parameter(ParameterCondition)
    /// Not before this.
    case notBefore(Instant)
    /// Not after this.
    case notAfter(Instant)
    /// Only so many calls in a time.
    case rate(RateLimit)

    /// The effects that there are.
    public static let effectNames = ["read", "write", "destroy"]
}

// MARK: - As text

extension Restriction {
    /// An object with one member, which names the kind.
    var json: JSON {
        switch self {
        case .methods(let patterns): ["methods": .array(patterns.map { .string($0.text) })]
        case .effects(let names): ["effects": .array(names.map { .string($0) })]
        case .parameter(let condition): ["param": .string(condition.text)]
        case .notBefore(let instant): ["not_before": .string(instant.description)]
        case .notAfter(let instant): ["not_after": .string(instant.description)]
        case .rate(let limit): ["rate": .string(limit.text)]
        }
    }

    /// Reads that object; nil when anything in it is unknown.
    init?(json: JSON) {
        guard let members = json.object, members.count == 1, let kind = members.keys.first,
            let value = members[kind], let restriction = Self.read(kind, value)
        else { return nil }
        self = restriction
    }

    private static func read(_ kind: String, _ value: JSON) -> Restriction? {
        switch kind {
        case "methods": list(value, MethodPattern.init).map(methods)
        case "effects": list(value, knownEffect).map(effects)
        case "param": value.string.flatMap { ParameterCondition($0) }.map(parameter)
        case "not_before": value.string.flatMap { Instant($0) }.map(notBefore)
        case "not_after": value.string.flatMap { Instant($0) }.map(notAfter)
        case "rate": value.string.flatMap { RateLimit($0) }.map(rate)
        default: nil
        }
    }

    /// Every element, or nil when one of them is none.
    private static func list<Element>(
        _ json: JSON, _ read: (String) -> Element?
    ) -> [Element]? {
        guard let array = json.array else { return nil }
        let elements = array.compactMap { $0.string.flatMap(read) }
        return elements.count == array.count ? elements : nil
    }

    private static func knownEffect(_ name: String) -> String? {
        effectNames.contains(name) ? name : nil
    }
}

// MARK: - In words

extension Restriction {
    /// One sentence for people, without its full stop.
    public var words: String {
        switch self {
        case .methods(let patterns) where patterns.isEmpty: "no method at all"
        case .methods(let patterns): "only the methods \(Self.list(patterns.map(\.text)))"
        case .effects(let names) where names.isEmpty: "no method at all, by effect"
        case .effects(let names): "only methods that \(Self.list(names))"
        case .parameter(let condition): "only calls where \(condition.words)"
        case .notBefore(let instant): "not before \(instant)"
        case .notAfter(let instant): "not after \(instant)"
        case .rate(let limit): "at most \(limit.words)"
        }
    }

    private static func list(_ words: [String]) -> String {
        guard let last = words.last, words.count > 1 else { return words.first ?? "" }
        return words.dropLast().joined(separator: ", ") + " or " + last
    }
}
