internal import OpsCore
internal import OpsJSONRPC

/// What stands on what, as callers see it: the answer of `ci.impact` and `ci.depends`.
struct Graph: Codable, Sendable {
    /// How the client shows it.
    enum Format: String, Codable, CaseIterable, Sendable {
        case tree, table, dot
    }

    /// Which way the question went.
    enum Direction: String, Codable, CaseIterable, Sendable {
        /// From what fails to what stands on it.
        case impact
        /// From what stands to what carries it.
        case depends
    }

    /// An item or a service.
    struct Node: Codable, Sendable {
        var ref: Ref
        var name: String
        /// Of a service, `service`.
        var `class`: String
        var status: String
        var criticality: Int?
        var ownerName: String?
        /// How many steps it is away from what was asked about.
        var depth = 0
        /// The node from which it was met first.
        var via: Ref?
    }

    /// One relation: the one stands on the other.
    struct Edge: Codable, Sendable {
        var from: Ref
        var to: Ref
        /// The relation's type; `service` from a service to its items, `part` to its parts.
        var rel: String
        var group: String?
        var minUp: Int?
    }

    /// A group that lost supports and still carries.
    struct Weakened: Codable, Sendable {
        var ref: Ref
        var name: String
        var rel: String
        var group: String
        /// How many are left, and how many are needed.
        var left: Int
        var minUp: Int
    }

    var direction: Direction
    var format: Format
    /// What was asked about first, then what was met, the nearest first.
    var items: [Node]
    var edges: [Edge]
    /// How many items and services were met beside those that were asked about.
    var itemCount: Int
    var serviceCount: Int
    /// How many nodes more there are than `items` shows.
    var more: Int
    var weakened: [Weakened]
    /// The graph in Graphviz's language, for the format `dot`.
    var dot: String?
}

extension Graph.Node {
    /// Reads a row of ``GraphReader``.
    init(row: borrowing RowInPlace, _ noun: String) throws {
        self.init(
            ref: Ref(noun, try row.int(0)), name: try row.text(1), class: try row.text(2),
            status: try row.text(3), criticality: try row.optionalInt(4),
            ownerName: try row.optionalText(5))
    }
}

extension Graph {
    /// Makes the answer of a walk: the first nodes and what is between them.
    init(
        _ walk: Walk<GraphNode>, _ dependences: [Dependence<GraphNode>], direction: Direction,
        format: Format, limit: Int, reader: GraphReader
    ) throws {
        let shown = Array(walk.nodes.prefix(limit))
        let names = try reader.names(of: shown)
        let isShown = Set(shown)
        let met = walk.nodes.filter { walk.places[$0]?.via != nil }
        self.direction = direction
        self.format = format
        items = shown.compactMap { node in
            guard var item = names[node], let place = walk.places[node] else { return nil }
            item.depth = place.depth
            item.via = place.via?.ref
            return item
        }
        edges = dependences.filter {
            isShown.contains($0.dependent) && isShown.contains($0.support)
        }.map(Edge.init)
        itemCount = met.count { $0.kind == .item }
        serviceCount = met.count - itemCount
        more = walk.nodes.count - shown.count
        weakened = []
        if format == .dot { dot = Graphviz.text(self) }
    }
}

extension Graph.Edge {
    init(_ dependence: Dependence<GraphNode>) {
        from = dependence.dependent.ref
        to = dependence.support.ref
        rel = dependence.label
        group = dependence.group.isEmpty ? nil : dependence.group
        minUp = dependence.needed
    }
}

extension Graph.Weakened {
    init(_ group: Impact<GraphNode>.Group, name: String) {
        ref = group.dependent.ref
        self.name = name
        rel = group.label
        self.group = group.name
        left = group.left
        minUp = group.needed
    }
}
