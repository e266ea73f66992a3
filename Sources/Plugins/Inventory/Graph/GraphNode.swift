internal import OpsCore

/// A node of the inventory's graph: an item, or a service that items are there for.
struct GraphNode: Hashable, Sendable {
    /// What it is.
    enum Kind: Sendable {
        case item, service
    }

    let kind: Kind
    let id: Int

    static func item(_ id: Int) -> GraphNode { GraphNode(kind: .item, id: id) }
    static func service(_ id: Int) -> GraphNode { GraphNode(kind: .service, id: id) }

    /// One number instead of two: a question of thousands of nodes looks each up several times.
    func hash(into hasher: inout Hasher) {
        hasher.combine(kind == .item ? id : ~id)
    }

    var ref: Ref { Ref(kind == .item ? Item.kind.noun : Service.kind.noun, id) }
}
