/// A walk over a graph, breadth first: what was met, from where, and whom to ask next.
///
/// It holds its place in a list and not on the stack, so that no depth is too deep, and meets each
/// node once, so that cycles end.
struct Walk<Node: Hashable & Sendable>: Sendable {
    /// How a node was met.
    struct Place: Sendable, Equatable {
        /// The node from which it was met; nil for a root.
        var via: Node?
        var depth: Int
    }

    /// The nodes in the order in which they were met, the roots first.
    private(set) var nodes: [Node] = []
    private(set) var places: [Node: Place] = [:]
    private var asked = 0

    init(from roots: [Node]) {
        for root in roots where places[root] == nil {
            places[root] = Place(via: nil, depth: 0)
            nodes.append(root)
        }
    }

    /// Notes a node that was met from another; one that is known stays where it is.
    mutating func meet(_ node: Node, from other: Node) {
        guard places[node] == nil else { return }
        places[node] = Place(via: other, depth: (places[other]?.depth ?? 0) + 1)
        nodes.append(node)
    }

    /// The nodes whose neighbours are not known yet, some of them; each comes once.
    mutating func next(_ limit: Int) -> [Node] {
        let batch = Array(nodes[asked..<min(nodes.count, asked + limit)])
        asked += batch.count
        return batch
    }
}
