internal import OpsCore

/// Writes a graph in Graphviz's language: an arrow leads from what stands to what carries it.
enum Graphviz {
    static func text(_ graph: Graph) -> String {
        var lines = [
            "digraph \(graph.direction.rawValue) {", "  rankdir=LR;", "  node [shape=box];",
        ]
        for node in graph.items {
            let shape = node.ref.noun == Service.kind.noun ? ", shape=ellipse" : ""
            let style = node.via == nil ? ", style=bold" : ""
            let label = quoted("\(node.name)\n\(node.class)")
            lines.append("  \(quoted(node.ref.description)) [label=\(label)\(shape)\(style)];")
        }
        for edge in graph.edges {
            let ends = "\(quoted(edge.from.description)) -> \(quoted(edge.to.description))"
            lines.append("  \(ends) [label=\(quoted(label(edge)))];")
        }
        return (lines + ["}"]).joined(separator: "\n") + "\n"
    }

    private static func label(_ edge: Graph.Edge) -> String {
        guard let group = edge.group, let minUp = edge.minUp else { return edge.rel }
        return "\(edge.rel)\n\(group): \(minUp) needed"
    }

    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for character in text.unicodeScalars {
            switch character {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            default: quoted.unicodeScalars.append(character)
            }
        }
        return quoted + "\""
    }
}
