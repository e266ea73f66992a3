internal import OpsCore
internal import OpsJSONRPC

/// Which checks a list holds.
struct CheckFilter: Sendable {
    private let state: CheckState?
    private let type: String?
    private let namePrefix: String
    private let flapping: Bool?
    private let reachable: Bool?
    private let suppressed: Bool?
    private let selector: LabelSelector

    init(_ params: ListChecks) throws(RPCError) {
        state = params.state
        type = params.type
        namePrefix = params.name ?? ""
        flapping = params.flapping
        reachable = params.reachable
        suppressed = params.suppressed
        selector = try LabelSelector(params.label ?? "", member: "label")
    }

    func accepts(_ check: StoredCheck) -> Bool {
        let definition = check.definition
        return (state.map { $0 == check.status.state } ?? true)
            && (type.map { $0 == definition.type } ?? true)
            && definition.name.hasPrefix(namePrefix)
            && (flapping.map { $0 == check.status.isFlapping } ?? true)
            && (reachable.map { $0 == check.isReachable } ?? true)
            && (suppressed.map { $0 == !check.status.suppressedBy.isEmpty } ?? true)
            && selector.accepts(definition.labels)
    }
}
