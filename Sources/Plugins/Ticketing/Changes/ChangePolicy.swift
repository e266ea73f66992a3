internal import OpsCore
internal import OpsJSONRPC

/// Who has to agree to which changes.
struct ChangePolicy: Sendable, Equatable {
    /// How many of whom.
    struct Rule: Codable, Sendable, Equatable {
        /// How many have to agree.
        var needed: Int
        /// Of whom; anyone but the requester when it is empty.
        var of: [String]
    }

    /// What a rule may be for.
    static let keys = ["low", "medium", "high", "emergency"]

    private let rules: [String: Rule]

    /// Takes the rules of the settings; what they do not say stays as it is by default.
    ///
    /// - Throws: `invalid_params` that names the rule.
    init(_ rules: [String: Rule]) throws(RPCError) {
        for (key, rule) in rules.sorted(by: { $0.key < $1.key }) {
            guard Self.keys.contains(key) else {
                throw .badMember(
                    "change_approvals.\(key)", "is none of \(Self.keys.joined(separator: ", "))")
            }
            let most = rule.of.isEmpty ? 100 : rule.of.count
            guard (0...most).contains(rule.needed) else {
                throw .badMember("change_approvals.\(key).needed", "must be 0 to \(most)")
            }
        }
        self.rules = Self.standard.merging(rules) { $1 }
    }

    /// One of one's peers for what is harmless, a board for what is not.
    static let standard: [String: Rule] = [
        "low": Rule(needed: 1, of: []), "medium": Rule(needed: 1, of: []),
        "high": Rule(needed: 2, of: []), "emergency": Rule(needed: 1, of: []),
    ]

    /// What holds for a change; nil for a standard one, whose model was agreed to.
    func rule(for change: Change) -> Rule? {
        switch change.type {
        case .standard: nil
        case .emergency: rules["emergency"]
        case .normal: rules[(change.risk ?? .high).rawValue]
        }
    }
}
