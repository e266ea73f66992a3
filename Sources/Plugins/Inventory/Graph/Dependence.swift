/// One thing that stands on another, alone or as one of a group of which not all are needed.
struct Dependence<Node: Hashable & Sendable>: Sendable {
    var dependent: Node
    var support: Node
    /// What the relation is called.
    var label: String
    /// The group's name, unique for the dependent and the label; empty for a support of its own.
    var group: String
    /// How many of the group have to be up; all when nil.
    var needed: Int?
    /// How many supports the group has.
    var size: Int
}
