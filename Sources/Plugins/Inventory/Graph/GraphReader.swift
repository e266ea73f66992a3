internal import OpsCore
internal import OpsJSONRPC

/// Reads the graph from the store, as far as a question reaches.
///
/// Nothing of it is kept in memory: a question costs the relations of what it reaches, those included
/// that do not count, whatever else there is, and its answer is of one instant.
struct GraphReader {
    let tx: ReadTransaction
    /// The relations that count.
    let types: [RelationType]

    /// How many nodes one query asks about.
    private static let batch = 256

    /// What fails when some nodes fail.
    func impact(of roots: [GraphNode]) throws -> Impact<GraphNode> {
        var impact = Impact(of: roots)
        while true {
            let failed = impact.next(Self.batch)
            guard !failed.isEmpty else { return impact }
            try forEachDependent(of: failed) { impact.learn($0) }
        }
    }

    /// What some nodes stand on.
    func footing(
        of roots: [GraphNode]
    ) throws -> (walk: Walk<GraphNode>, dependences: [Dependence<GraphNode>]) {
        var walk = Walk(from: roots)
        var dependences: [Dependence<GraphNode>] = []
        while true {
            let nodes = walk.next(Self.batch)
            guard !nodes.isEmpty else { return (walk, dependences) }
            try forEachSupport(of: nodes) { dependence in
                walk.meet(dependence.support, from: dependence.dependent)
                dependences.append(dependence)
            }
        }
    }

    // MARK: - Neighbours

    private func forEachDependent(
        of nodes: [GraphNode], _ body: (Dependence<GraphNode>) -> Void
    ) throws {
        let (items, services) = Self.numbers(nodes)
        try related(items, by: "to_ci", body)
        for one in try membership(items, by: "c.id") + parts(services, by: "id") { body(one) }
    }

    private func forEachSupport(
        of nodes: [GraphNode], _ body: (Dependence<GraphNode>) -> Void
    ) throws {
        let (items, services) = Self.numbers(nodes)
        try related(items, by: "from_ci", body)
        for one in try membership(services, by: "c.service_id") + parts(services, by: "parent_id") {
            body(one)
        }
    }

    /// Of relations there may be very many, so each is handed over as it is read.
    private func related(
        _ ids: [Int], by column: String, _ body: (Dependence<GraphNode>) -> Void
    ) throws {
        try forEachRow(ids, Self.relations(by: column), Self.areOf(types)) { row in
            body(
                Dependence(
                    dependent: .item(try row.int(0)), support: .item(try row.int(1)),
                    label: try row.text(2), group: try row.text(3),
                    needed: try row.optionalInt(4), size: try row.int(5)))
        }
    }

    static func relations(by column: String) -> String {
        """
        SELECT r.from_ci, r.to_ci, r.rel, r.grp, r.min_up,
            CASE WHEN r.min_up IS NULL THEN 1 ELSE (
                SELECT COUNT(*) FROM inventory_relation g
                WHERE g.from_ci = r.from_ci AND g.rel = r.rel AND g.grp = r.grp) END AS size
        FROM inventory_relation r WHERE r.\(column) IN
        """
    }

    /// Not `r.rel IN (…)`, for which an index would be walked once for each type of each item, and the
    /// list be put into a table of its own for each question.
    static func areOf(_ types: [RelationType]) -> String {
        // In one order and each once, whatever was asked: each text is a statement that is kept.
        let names = RelationType.allCases.filter(types.contains)
            .map { "WHEN '\($0.rawValue)' THEN 1" }.joined(separator: " ")
        return "AND CASE r.rel \(names) ELSE 0 END = 1"
    }

    /// A service stands on its items, of which not all may be needed.
    private func membership(
        _ ids: [Int], by column: String
    ) throws -> [Dependence<GraphNode>] {
        let found = try rows(
            ids,
            """
            SELECT c.id, c.service_id, s.min_up
            FROM inventory_ci c JOIN inventory_service s ON s.id = c.service_id WHERE \(column) IN
            """, "ORDER BY c.service_id, c.id"
        ) { row in
            Dependence<GraphNode>(
                dependent: .service(try row.int(1)), support: .item(try row.int(0)),
                label: "service", group: "items", needed: try row.optionalInt(2), size: 1)
        }
        // Once a service and not once an item: a service may have very many.
        let partly = found.filter { $0.needed != nil }
        let sizes = try sizes(ofServices: Set(partly.map(\.dependent.id)))
        return found.map { dependence in
            var dependence = dependence
            dependence.size = sizes[dependence.dependent.id] ?? 1
            return dependence
        }
    }

    /// How many items services have.
    private func sizes(ofServices ids: Set<Int>) throws -> [Int: Int] {
        let sizes = try rows(
            ids.sorted(),
            "SELECT service_id, COUNT(*) AS size FROM inventory_ci WHERE service_id IN",
            "GROUP BY service_id"
        ) { (try $0.int(0), try $0.int(1)) }
        return Dictionary(sizes, uniquingKeysWith: { $1 })
    }

    /// A service stands on its parts.
    private func parts(_ ids: [Int], by column: String) throws -> [Dependence<GraphNode>] {
        try rows(
            ids,
            "SELECT id, parent_id FROM inventory_service WHERE parent_id IS NOT NULL AND \(column) IN",
            "ORDER BY parent_id, id"
        ) { row in
            Dependence(
                dependent: .service(try row.int(1)), support: .service(try row.int(0)),
                label: "part", group: "", needed: nil, size: 1)
        }
    }

    // MARK: - Nodes

    /// What is shown of some nodes, by node.
    func names(of nodes: [GraphNode]) throws -> [GraphNode: Graph.Node] {
        let (items, services) = Self.numbers(nodes)
        var found: [GraphNode: Graph.Node] = [:]
        let shown = try rows(
            items,
            """
            SELECT c.id, c.name, c.class, c.status, c.criticality, t.name AS owner
            FROM inventory_ci c LEFT JOIN inventory_team t ON t.id = c.owner_id WHERE c.id IN
            """
        ) { (GraphNode.item(try $0.int(0)), try Graph.Node(row: $0, "ci")) }
        let offered = try rows(
            services,
            """
            SELECT s.id, s.name, 'service' AS class, s.status, s.criticality, t.name AS owner
            FROM inventory_service s LEFT JOIN inventory_team t ON t.id = s.owner_id WHERE s.id IN
            """
        ) { (GraphNode.service(try $0.int(0)), try Graph.Node(row: $0, "service")) }
        for (node, shown) in shown + offered { found[node] = shown }
        return found
    }

    // MARK: - Queries

    private static func numbers(_ nodes: [GraphNode]) -> (items: [Int], services: [Int]) {
        (
            nodes.filter { $0.kind == .item }.map(\.id),
            nodes.filter { $0.kind == .service }.map(\.id)
        )
    }

    private func rows<T>(
        _ ids: [Int], _ query: String, _ end: String = "",
        _ read: (borrowing RowInPlace) throws -> T
    ) throws -> [T] {
        var found: [T] = []
        try forEachRow(ids, query, end) { found.append(try read($0)) }
        return found
    }

    /// The places of a list, of which few lengths keep the statements few.
    private static let places = [places(8), places(32), mostPlaces]
    private static let mostPlaces = places(batch)

    private static func places(_ length: Int) -> (length: Int, marks: String) {
        (length, Array(repeating: "?", count: length).joined(separator: ", "))
    }

    /// Asks about many numbers, some at a time.
    private func forEachRow(
        _ ids: [Int], _ query: String, _ end: String = "",
        _ body: (borrowing RowInPlace) throws -> Void
    ) throws {
        var start = 0
        while start < ids.count {
            let places = Self.places.first { $0.length >= ids.count - start } ?? Self.mostPlaces
            let count = min(ids.count - start, places.length)
            // The last one again does no harm in a set.
            let part = (0..<places.length).map { place -> (any SQLConvertible)? in
                ids[start + min(place, count - 1)]
            }
            start += count
            try tx.forEachInPlace("\(query) (\(places.marks)) \(end)", arguments: part, body: body)
        }
    }
}
