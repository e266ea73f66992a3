internal import OpsJSONRPC
internal import OpsPattern

/// Which labels somebody means: `k=v`, `k!=v`, `k=~re`, `k!~re`, `k` or `!k`, several with commas.
///
/// All of them have to hold. A label that is absent differs from every value and matches no
/// expression. A regular expression stands for the whole value; it cannot hold a comma.
struct LabelSelector: Sendable, Equatable {
    private enum Condition: Sendable {
        case has(String)
        case lacks(String)
        case equals(String, String)
        case differs(String, String)
        case matches(String, Pattern)
        case matchesNot(String, Pattern)

        func holds(_ labels: [String: String]) -> Bool {
            switch self {
            case .has(let name): labels[name] != nil
            case .lacks(let name): labels[name] == nil
            case .equals(let name, let value): labels[name] == value
            case .differs(let name, let value): labels[name] != value
            case .matches(let name, let pattern): labels[name].map(pattern.isWhole) ?? false
            case .matchesNot(let name, let pattern): !(labels[name].map(pattern.isWhole) ?? false)
            }
        }
    }

    /// The selector as it was written.
    let text: String
    private let conditions: [Condition]

    /// Reads a selector; the empty text means all labels.
    ///
    /// - Throws: `invalid_params` that names `member`.
    init(_ text: String, member: String) throws(RPCError) {
        self.text = text
        conditions = try text.split(separator: ",").map { part throws(RPCError) in
            try Self.condition(part.drop { $0 == " " }, member)
        }
    }

    /// Whether the labels are meant.
    func accepts(_ labels: [String: String]) -> Bool {
        conditions.allSatisfy { $0.holds(labels) }
    }

    static func == (left: LabelSelector, right: LabelSelector) -> Bool { left.text == right.text }

    private static func condition(
        _ text: Substring, _ member: String
    ) throws(RPCError) -> Condition {
        let name = text.prefix { !"=!".contains($0) }
        let rest = text.dropFirst(name.count)
        if name.isEmpty {
            let absent = rest.dropFirst()
            guard rest.first == "!", !absent.isEmpty, !absent.contains(where: "=!".contains) else {
                throw complaint(member)
            }
            return .lacks(String(absent))
        }
        let label = String(name)
        if rest.isEmpty { return .has(label) }
        if rest.hasPrefix("=~") { return .matches(label, try pattern(rest.dropFirst(2), member)) }
        if rest.hasPrefix("!~") {
            return .matchesNot(label, try pattern(rest.dropFirst(2), member))
        }
        if rest.hasPrefix("!=") { return .differs(label, String(rest.dropFirst(2))) }
        guard rest.hasPrefix("=") else { throw complaint(member) }
        return .equals(label, String(rest.dropFirst()))
    }

    private static func pattern(
        _ text: Substring, _ member: String
    ) throws(RPCError) -> Pattern {
        do {
            return try Pattern(String(text))
        } catch {
            throw .badMember(member, "has an expression that is none, \(text): \(error.reason)")
        }
    }

    private static func complaint(_ member: String) -> RPCError {
        .badMember(member, "is not of the form k=v, k!=v, k=~re, k!~re, k or !k")
    }
}
