/// Decides what fails when something fails.
///
/// Whoever has the graph asks ``next(_:)`` for things that have failed, and tells ``learn(_:)``
/// everything that stands on them, until nothing is left to ask:
///
/// - A support that is needed alone takes its dependent with it.
/// - Of a group it counts how many have failed. The dependent fails when fewer are left than are
///   needed; a group that needs more than it has needs all of them.
///
/// What has failed stays so, so the order of learning makes no difference to what fails, and the
/// answer is the smallest set that these two rules allow: the items of a cycle do not hold each
/// other down when nothing outside of it failed.
struct Impact<Node: Hashable & Sendable>: Sendable {
    /// A group that has lost some of its supports.
    struct Group: Sendable {
        var dependent: Node
        var label: String
        var name: String
        var needed: Int
        var size: Int
        var failed = 0

        var left: Int { size - failed }
        var isShort: Bool { left < needed }
    }

    private struct GroupKey: Hashable, Sendable {
        let dependent: Node
        let label: String
        let name: String
    }

    /// What has failed.
    private(set) var walk: Walk<Node>
    /// What was learnt, of those that failed and of those that did not.
    private(set) var dependences: [Dependence<Node>] = []
    private var groups: [GroupKey: Group] = [:]

    /// Begins with what fails by itself.
    init(of roots: [Node]) { walk = Walk(from: roots) }

    /// Things that have failed and whose dependents are not known yet.
    mutating func next(_ limit: Int) -> [Node] { walk.next(limit) }

    /// Takes in that something stands on a thing that has failed; to be told once.
    mutating func learn(_ dependence: Dependence<Node>) {
        dependences.append(dependence)
        guard let needed = dependence.needed, !dependence.group.isEmpty else {
            walk.meet(dependence.dependent, from: dependence.support)
            return
        }
        let key = GroupKey(
            dependent: dependence.dependent, label: dependence.label, name: dependence.group)
        var group =
            groups[key]
            ?? Group(
                dependent: key.dependent, label: key.label, name: key.name,
                needed: min(needed, dependence.size), size: dependence.size)
        group.failed += 1
        groups[key] = group
        if group.isShort { walk.meet(dependence.dependent, from: dependence.support) }
    }

    /// The groups that have lost supports and still carry, those with the least to spare first.
    var weakened: [Group] {
        groups.values.filter { walk.places[$0.dependent] == nil }
            .sorted { $0.left - $0.needed < $1.left - $1.needed }
    }
}
