internal import OpsCore
internal import OpsJSONRPC

/// `ci.impact`.
struct ShowImpact: Method {
    static let name = "ci.impact"
    static let summary = "Shows what is affected when items fail: other items, and services."
    static let effect = Effect.read
    static let columns = ["name", "class", "status", "criticality", "owner_name", "depth", "via"]
    typealias Result = Graph

    @Param("The items that fail, by refs or names; services by refs.", .positional)
    var ci: [String]
    @Param("By which relations a failure goes on.")
    var rels: [RelationType] = RelationType.carrying
    @Param("How it is shown: as a tree, as a table, or in Graphviz's language.")
    var format: Graph.Format = .tree
    @Param("How many nodes to answer at most; the counts are always complete.", .range(1...100_000))
    var limit: Int = 1000
}

/// `ci.depends`.
struct ShowFooting: Method {
    static let name = "ci.depends"
    static let summary = "Shows what an item or a service stands on, all the way down."
    static let effect = Effect.read
    static let columns = ["name", "class", "status", "criticality", "owner_name", "depth", "via"]
    typealias Result = Graph

    @Param("The items, by refs or names; services by refs.", .positional)
    var ci: [String]
    @Param("Which relations count.")
    var rels: [RelationType] = RelationType.carrying
    @Param("How it is shown: as a tree, as a table, or in Graphviz's language.")
    var format: Graph.Format = .tree
    @Param("How many nodes to answer at most; the counts are always complete.", .range(1...100_000))
    var limit: Int = 1000
}

/// Questions about the graph. They run on a thread of the store's readers, and the loop goes on.
extension InventoryService {
    func impact(_ params: ShowImpact) async throws -> Graph {
        try Self.refuseNothing(params.ci, params.rels)
        return try await store.read { tx in
            let reader = GraphReader(tx: tx, types: params.rels)
            let impact = try reader.impact(of: try Self.nodes(params.ci, in: tx))
            var graph = try Graph(
                impact.walk, impact.dependences, direction: .impact, format: params.format,
                limit: params.limit, reader: reader)
            let weakened = impact.weakened.prefix(params.limit)
            let names = try reader.names(of: weakened.map(\.dependent))
            graph.weakened = weakened.map {
                Graph.Weakened($0, name: names[$0.dependent]?.name ?? "")
            }
            return graph
        }
    }

    func footing(_ params: ShowFooting) async throws -> Graph {
        try Self.refuseNothing(params.ci, params.rels)
        return try await store.read { tx in
            let reader = GraphReader(tx: tx, types: params.rels)
            let (walk, dependences) = try reader.footing(of: try Self.nodes(params.ci, in: tx))
            return try Graph(
                walk, dependences, direction: .depends, format: params.format,
                limit: params.limit, reader: reader)
        }
    }

    private static func refuseNothing(
        _ items: [String], _ types: [RelationType]
    ) throws(RPCError) {
        guard !items.isEmpty else { throw .badMember("ci", "names nothing") }
        guard !types.isEmpty else { throw .badMember("rels", "names no relation") }
    }

    private static func nodes(_ keys: [String], in tx: ReadTransaction) throws -> [GraphNode] {
        try keys.map { key in
            if Ref(key)?.noun == Service.kind.noun {
                return .service(try RecordReader.find(key, Service.kind, in: tx).id)
            }
            return .item(try RecordReader.find(key, Item.kind, in: tx).id)
        }
    }
}
