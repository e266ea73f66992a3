/// A binary heap of run times, the earliest first; of two at the same time, the one inserted first.
struct DueHeap: Sendable {
    struct Node: Sendable {
        private let dueNs: Int64
        let ticket: UInt64
        let id: Int

        init(due: Duration, ticket: UInt64, id: Int) {
            dueNs = due.nanoseconds
            self.ticket = ticket
            self.id = id
        }

        var due: Duration { .nanoseconds(dueNs) }

        static func < (a: Node, b: Node) -> Bool {
            a.dueNs != b.dueNs ? a.dueNs < b.dueNs : a.ticket < b.ticket
        }
    }

    private var nodes: [Node] = []

    var first: Node? { nodes.first }
    var count: Int { nodes.count }

    /// Drops all others.
    mutating func keep(_ isWanted: (Node) -> Bool) {
        // In order, which makes a heap.
        nodes = nodes.filter(isWanted).sorted(by: <)
    }

    mutating func insert(_ node: Node) {
        nodes.append(node)
        var child = nodes.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard nodes[child] < nodes[parent] else { return }
            nodes.swapAt(child, parent)
            child = parent
        }
    }

    @discardableResult
    mutating func removeFirst() -> Node? {
        guard let last = nodes.popLast() else { return nil }
        guard let first = nodes.first else { return last }
        nodes[0] = last
        siftDown()
        return first
    }

    private mutating func siftDown() {
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2]
            where child < nodes.count && nodes[child] < nodes[least] {
                least = child
            }
            guard least != parent else { return }
            nodes.swapAt(parent, least)
            parent = least
        }
    }
}
