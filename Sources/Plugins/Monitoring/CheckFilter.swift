internal import OpsCore
internal import OpsJSONRPC

/// Which checks a list holds.
struct CheckFilter: Sendable {
    private enum Condition: Sendable {
        case has(String)
        case equals(String, String)
        case differs(String, String)

        func holds(_ labels: [String: String]) -> Bool {
            switch self {
            case .has(let name): labels[name] != nil
            case .equals(let name, let value): labels[name] == value
            case .differs(let name, let value): labels[name] != value
            }
        }
    }

    private let state: CheckState?
    private let type: String?
    private let namePrefix: String
    private let conditions: [Condition]

    init(_ params: ListChecks) throws(RPCError) {
        state = params.state
        type = params.type
        namePrefix = params.name ?? ""
        conditions = try Self.conditions(params.label ?? "")
    }

    func accepts(_ check: StoredCheck) -> Bool {
        let definition = check.definition
        return (state.map { $0 == check.status.state } ?? true)
            && (type.map { $0 == definition.type } ?? true)
            && definition.name.hasPrefix(namePrefix)
            && conditions.allSatisfy { $0.holds(definition.labels) }
    }

    private static func conditions(_ text: String) throws(RPCError) -> [Condition] {
        try text.split(separator: ",").map { part throws(RPCError) in
            let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let left = sides.first.map(String.init), !left.isEmpty, left != "!" else {
                throw .badMember("label", "is not of the form k=v, k!=v or k")
            }
            guard sides.count == 2 else { return .has(left) }
            let value = String(sides[1])
            return left.hasSuffix("!")
                ? .differs(String(left.dropLast()), value) : .equals(left, value)
        }
    }
}
