internal import OpsJSONRPC

/// Decides whether checks may name each other as somebody wants it: all that are named have to be
/// there, and none may depend on itself, be it by parents, by members of composites or by both.
///
/// One rule for `check.create`, `check.update`, `check.apply`, targets, templates and `plugins.json`.
/// It looks only at what changes and at what that depends on, each check once.
enum DependencyRules {
    /// How long the longest chain may be from a check that changes down to what depends on nothing.
    static let depthLimit = 256

    /// What there will be.
    struct World {
        /// The name of the check that a name or a ref means; nil when there is none.
        var name: (String) -> String?
        /// What a check is to be, by its name.
        var definition: (String) -> CheckDefinition?
        /// The checks that may depend on a composite; where it selects one of them by labels, they
        /// depend on each other.
        var dependents: [String] = []
    }

    /// What is wrong with a check.
    struct Complaint: Equatable {
        var check: String
        var field: RPCError.FieldError
    }

    /// What is wrong with checks that are new or changed.
    ///
    /// - Parameter isWhole: Whether the world holds every check, so that one that is not found is
    ///   not there.
    static func complaints(
        about changed: [String], in world: World, isWhole: Bool = true
    ) -> [Complaint] {
        var complaints: [Complaint] = []
        var search = CycleSearch(world: world, changed: Set(changed))
        for check in changed {
            guard let definition = world.definition(check), definition.mayNeedOthers else {
                continue
            }
            for need in definition.needs where isWhole && world.name(need.key) == nil {
                complaints.append(
                    Complaint(
                        check: check,
                        field: .init(path: need.path, reason: "there is no check \"\(need.key)\"")))
            }
            search.look(from: check)
        }
        return complaints + search.complaints
    }

    /// A chain for people; a long one is cut in the middle.
    static func shortened(_ chain: [String]) -> String {
        let some = chain.count <= 12 ? chain : chain.prefix(6) + ["..."] + chain.suffix(6)
        return some.joined(separator: " > ")
    }
}

/// Goes from check to check by what they depend on, to each of them once, and notes every way that
/// comes back to itself.
private struct CycleSearch {
    /// A check on the way, and the member by which it leads to the next one.
    private struct Step {
        var check: String
        var path: String
    }

    private let world: DependencyRules.World
    private let changed: Set<String>
    /// The checks whose dependencies are known, with the length of the longest chain from them.
    private var heights: [String: Int] = [:]
    private var way: [Step] = []
    private var places: [String: Int] = [:]
    private(set) var complaints: [DependencyRules.Complaint] = []

    init(world: DependencyRules.World, changed: Set<String>) {
        self.world = world
        self.changed = changed
    }

    mutating func look(from check: String) {
        guard heights[check] == nil else { return }
        _ = height(of: check)
    }

    /// Follows a check to everything that it depends on.
    ///
    /// The depth of the calls is limited by the length that a chain may have.
    private mutating func height(of check: String) -> Int {
        if let known = heights[check] { return known }
        places[check] = way.count
        way.append(Step(check: check, path: ""))
        var highest = 0
        for (path, next) in steps(from: check) {
            way[way.count - 1].path = path
            if let place = places[next] {
                noteCycle(way[place...])
            } else if way.count + (heights[next] ?? 1) > DependencyRules.depthLimit {
                noteLength()
            } else {
                highest = max(highest, height(of: next))
            }
        }
        way.removeLast()
        places[check] = nil
        heights[check] = highest + 1
        return highest + 1
    }

    private func steps(from check: String) -> [(path: String, check: String)] {
        guard let definition = world.definition(check), definition.mayNeedOthers else { return [] }
        var steps = definition.needs.compactMap { need in
            world.name(need.key).map { (need.path, $0) }
        }
        guard let selector = definition.countedLabels else { return steps }
        for other in world.dependents {
            guard let other = world.definition(other), other.type != CompositeCheck.kind,
                selector.accepts(other.labels)
            else { continue }
            steps.append(("select", other.name))
        }
        return steps
    }

    private mutating func noteCycle(_ cycle: ArraySlice<Step>) {
        let names = cycle.map(\.check)
        for (index, step) in cycle.enumerated() where changed.contains(step.check) {
            let chain = names[index...] + names[...index]
            note(step, "the check would depend on itself", Array(chain))
        }
    }

    private mutating func noteLength() {
        guard let first = way.first else { return }
        note(
            first, "the check would depend on more than \(DependencyRules.depthLimit) in a row",
            way.map(\.check))
    }

    private mutating func note(_ step: Step, _ reason: String, _ chain: [String]) {
        let isKnown = complaints.contains { $0.check == step.check && $0.field.path == step.path }
        guard !isKnown, complaints.count < Self.most else { return }
        complaints.append(
            DependencyRules.Complaint(
                check: step.check,
                field: .init(
                    path: step.path, reason: "\(reason): \(DependencyRules.shortened(chain))")))
    }

    /// More mistakes than this are not told at once.
    private static let most = 100
}
