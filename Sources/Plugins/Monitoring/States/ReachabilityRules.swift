internal import OpsJSONRPC

/// Decides from the checks that a check depends on whether it can be reached.
///
/// A check is unreachable when of some group of its parents none is up. What is unreachable goes
/// on being looked at, so its state is always the true one; only nobody is told.
enum ReachabilityRules {
    /// How a parent looks to those who depend on it.
    enum Parent: Sendable, Equatable {
        case up, down
        /// It fails softly, or was not looked at since the child failed.
        case undecided
    }

    /// What a child's parents say together.
    enum Verdict: Sendable, Equatable {
        case reachable, unreachable, undecided
    }

    static func verdict(_ groups: [[Parent]]) -> Verdict {
        var isUndecided = false
        for group in groups where !group.isEmpty && !group.contains(.up) {
            guard group.contains(.undecided) else { return .unreachable }
            isUndecided = true
        }
        return isUndecided ? .undecided : .reachable
    }

    /// How a parent looks.
    ///
    /// Soft failures alone make nothing unreachable, as with Icinga's `ignore_soft_states`, but who
    /// wants to announce a child's failure has to wait for what becomes of them. A warning is up.
    ///
    /// - Parameter wasLookedAt: Whether a look at the parent began after the child had failed.
    static func parent(_ status: CheckStatus, isReachable: Bool, wasLookedAt: Bool) -> Parent {
        if !isReachable || isDown(status.hardState) { return .down }
        if isDown(status.state), status.stateType == .soft { return .undecided }
        return wasLookedAt ? .up : .undecided
    }

    private static func isDown(_ state: CheckState) -> Bool {
        state == .critical || state == .unknown
    }

    // MARK: - Chains of parents

    /// How long a chain of parents may be.
    static let depthLimit = 256

    /// Finds a way from a check by its parents that comes back to itself, or that is too long.
    ///
    /// - Parameter parents: The names of a check's parents, by its name.
    static func badChain(
        from start: String, parents: (String) -> [String]
    ) -> (chain: [String], reason: String)? {
        var harmless: Set<String> = []
        var chain: [String] = []

        func walk(_ name: String) -> (chain: [String], reason: String)? {
            if let place = chain.firstIndex(of: name) {
                return (Array(chain[place...]) + [name], "depends on itself")
            }
            guard !harmless.contains(name) else { return nil }
            chain.append(name)
            guard chain.count <= depthLimit else {
                return (chain, "depends on more than \(depthLimit) checks in a row")
            }
            for parent in parents(name) {
                if let bad = walk(parent) { return bad }
            }
            chain.removeLast()
            harmless.insert(name)
            return nil
        }
        return walk(start)
    }

    /// What is wrong with the parents of checks that stand in a file together.
    static func complaints(about checks: [CheckDefinition]) -> [(index: Int, reason: String)] {
        var parents: [String: [String]] = [:]
        for check in checks where !check.policy.isEmpty {
            do throws(RPCError) {
                parents[check.name] = try check.rules().parents.flatMap(\.anyOf)
            } catch {
                // Its own complaint is made where the policy is read.
                continue
            }
        }
        guard !parents.isEmpty else { return [] }
        return checks.enumerated().compactMap { index, check in
            guard parents[check.name] != nil,
                let bad = badChain(from: check.name, parents: { parents[$0] ?? [] })
            else { return nil }
            return (index, "\(bad.reason): \(shortened(bad.chain))")
        }
    }

    /// A chain for people; a long one is cut in the middle.
    static func shortened(_ chain: [String]) -> String {
        let some = chain.count <= 12 ? chain : chain.prefix(6) + ["..."] + chain.suffix(6)
        return some.joined(separator: " > ")
    }
}
