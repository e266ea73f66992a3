internal import OpsCore
internal import OpsJSONRPC

/// What depends on what, as ``ReachabilityRules`` decide.
///
/// When a parent's hard state changes, all that is below it is looked through once. A steady result
/// costs nothing, however many depend on it.
extension MonitoringService {
    // MARK: - Who depends on whom

    /// Finds a check by its name or ref.
    func find(_ key: String) -> Int? {
        do throws(RPCError) {
            return try resolve(key)
        } catch {
            return nil
        }
    }

    /// Follows what a check says it depends on, and which others it counts.
    func noteParents(of id: Int) {
        dependents.set(id, checks[id]?.rules.parents ?? [])
        counted.set(id, keys: Set(checks[id]?.stored.definition.countedChecks ?? []))
    }

    /// The checks that depend on a check directly.
    private func children(of check: WatchedCheck) -> Set<Int> {
        guard !dependents.isEmpty else { return [] }
        return dependents.children(
            of: [check.stored.definition.name, check.stored.ref.description])
    }

    /// A check and everything that it depends on, directly or by others.
    func lineage(of id: Int) -> [Int] {
        var found = [id]
        var seen: Set<Int> = [id]
        var next = 0
        while next < found.count {
            let parents = checks[found[next]]?.rules.parents.flatMap(\.anyOf) ?? []
            for parent in parents.compactMap(find) where seen.insert(parent).inserted {
                found.append(parent)
            }
            next += 1
        }
        return found
    }

    /// Everything that depends on some checks, directly or by others, and these themselves.
    func descendants(of ids: some Sequence<Int>) -> Set<Int> {
        var found = Set(ids)
        var open = Array(found)
        while let id = open.popLast() {
            guard let check = checks[id] else { continue }
            for child in children(of: check) where found.insert(child).inserted {
                open.append(child)
            }
        }
        return found
    }

    // MARK: - Whether a check is reachable

    /// Works out what is reachable from the states that were stored.
    func takeUpReachability() {
        for check in checks.values where !dependents.isEmpty { update(childrenOf: check) }
    }

    private func verdict(of check: WatchedCheck) -> ReachabilityRules.Verdict {
        ReachabilityRules.verdict(
            check.rules.parents.map { group in
                group.anyOf.compactMap(find).compactMap { checks[$0] }
                    .filter { $0.stored.id != check.stored.id }
                    .map { looks($0, to: check) }
            })
    }

    /// How a parent looks to a child.
    ///
    /// One that does not look by itself cannot be asked, and one
    /// that is paused says nothing.
    private func looks(
        _ parent: WatchedCheck, to child: WatchedCheck
    ) -> ReachabilityRules.Parent {
        if parent.stored.isPaused { return .up }
        let isAsked = parent.judgedAt > child.kinship?.failedAt ?? 0
        return ReachabilityRules.parent(
            parent.status, isReachable: parent.stored.isReachable,
            wasLookedAt: isAsked || parent.stored.definition.isPassive)
    }

    /// Whether something that it depends on is down, or was when it was last looked at.
    func isBehindSomethingDead(_ check: WatchedCheck) -> Bool {
        !check.stored.isReachable || check.kinship?.looksAfter != nil
    }

    /// Tells what depends on a check that it has a result.
    func tellChildren(of check: WatchedCheck, after old: CheckStatus) {
        guard !dependents.isEmpty else { return }
        let status = check.status
        let waiting = awaited.removeValue(forKey: check.stored.id) ?? []
        let hasRecovered = status.state == .ok && old.state.isProblem
        if hasRecovered, status.hardState == old.hardState {
            // It was away for a moment, perhaps the one in which they failed.
            for child in waiting { lookAgain(child) }
        }
        if status.hardState != old.hardState { update(childrenOf: check) }
        if !waiting.isEmpty { reconcile(waiting.sorted()) }
    }

    /// Tells what depends on a check that it is called otherwise, or was paused or resumed.
    func tellChildren(of id: Int, alsoKnownAs name: String) {
        guard var check = checks[id] else { return }
        update(childrenOf: check)
        check.stored.definition.name = name
        update(childrenOf: check)
    }

    /// Brings what is below a check up to date.
    func update(childrenOf check: WatchedCheck) {
        var open = [check]
        var changed: [Int] = []
        while let parent = open.popLast() {
            for id in children(of: parent) where renewReachability(id) {
                changed.append(id)
                if let child = checks[id] { open.append(child) }
            }
        }
        guard !changed.isEmpty, isRunning else { return }
        reconcile(changed.sorted())
        pump()
    }

    /// Works out whether a check is reachable; answers whether that has changed.
    @discardableResult
    func renewReachability(_ id: Int) -> Bool {
        guard let check = checks[id] else { return false }
        let isReachable = verdict(of: check) != .unreachable
        guard check.stored.isReachable != isReachable else { return false }
        checks[id]?.stored.isReachable = isReachable
        if isReachable { lookAgain(id) }
        return true
    }

    /// Believes a check again after its next look; at once where people do not know its state.
    private func lookAgain(_ id: Int) {
        guard let check = checks[id], check.kinship != nil else { return }
        checks[id]?.kinship?.looksAfter = ticks
        let status = check.status
        guard status.announcedState != status.hardState else { return }
        let now = tools.time.uptime()
        if let heartbeat = check.kind as? HeartbeatCheck {
            // Nobody could call; now they can.
            let patience = heartbeat.patience(interval: check.stored.definition.interval)
            schedule.postpone(id, to: now + patience)
        } else {
            schedule.postpone(id, to: now)
        }
    }

    // MARK: - Waiting for parents

    /// Whether a problem may be that of a parent that has not been looked at since.
    func isWaitingForParents(_ check: WatchedCheck) -> Bool {
        guard let kinship = check.kinship, !kinship.hasWaited,
            check.status.hardState.isProblem
        else { return false }
        return verdict(of: check) == .undecided
    }

    /// Looks at the parents that a check waits for, unless they are looked at anyway.
    func waitForParents(of id: Int) {
        guard let check = checks[id] else { return }
        let parents = check.rules.parents.flatMap(\.anyOf).compactMap(find)
            .filter { checks[$0].map { looks($0, to: check) == .undecided } ?? false }
        if check.kinship?.waitsUntil == nil {
            let patience = parents.compactMap { checks[$0].map(Self.patience) }.max() ?? .zero
            checks[id]?.kinship?.waitsUntil = tools.time.uptime() + patience
        }
        for parent in parents {
            awaited[parent, default: []].insert(id)
            // One that fails softly is retried soon.
            if checks[parent]?.status.state.isProblem == false { begin(parent) }
        }
    }

    /// How long a parent takes at most until its state is hard.
    private static func patience(with parent: WatchedCheck) -> Duration {
        let definition = parent.stored.definition
        let attempt = definition.retryInterval + definition.timeout
        return attempt * (definition.maxAttempts + 1)
    }

    /// Lets a check speak that has waited for its parents in vain.
    func giveUpWaiting(_ id: Int) {
        guard let until = checks[id]?.kinship?.waitsUntil, until <= tools.time.uptime() else {
            return
        }
        checks[id]?.kinship?.hasWaited = true
    }
}
