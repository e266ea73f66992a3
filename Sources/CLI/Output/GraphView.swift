import OpsJSONRPC

/// Shows what stands on what: as a tree in which every node stands once, below the one from which
/// it was met, or in Graphviz's language.
struct GraphView {
    var palette: Palette
    var glyphs: Glyphs

    private struct Branch {
        let node: JSON
        let prefix: String
        let isLast: Bool
        let isRoot: Bool
    }

    /// Nil when the answer is no graph, or is to be a table.
    func render(_ result: JSON) -> String? {
        guard let nodes = result["items"]?.array, let edges = result["edges"]?.array,
            let direction = result["direction"]?.string
        else { return nil }
        switch result["format"]?.string {
        case "dot": return result["dot"]?.string
        case "tree":
            return tree(nodes, labels(edges, isImpact: direction == "impact"))
                + notes(result, nodes, isImpact: direction == "impact")
        default: return nil
        }
    }

    // MARK: - The tree

    /// A list of what is still to be written stands in for the stack, which a deep tree would use up.
    private func tree(_ nodes: [JSON], _ labels: [String: String]) -> String {
        var below: [String: [JSON]] = [:]
        for node in nodes { below[node["via"]?.string ?? "", default: []].append(node) }
        var text = ""
        var open = (below[""] ?? []).reversed().map {
            Branch(node: $0, prefix: "", isLast: true, isRoot: true)
        }
        while let branch = open.popLast() {
            text += line(branch, labels)
            let rest = branch.isLast ? glyphs.tree.below : glyphs.tree.beside
            let prefix = branch.isRoot ? "" : branch.prefix + rest
            let children = below[branch.node["ref"]?.string ?? " "] ?? []
            for (index, child) in children.enumerated().reversed() {
                open.append(
                    Branch(
                        node: child, prefix: prefix, isLast: index == children.count - 1,
                        isRoot: false))
            }
        }
        return text
    }

    private func line(_ branch: Branch, _ labels: [String: String]) -> String {
        let node = branch.node
        let name = (node["name"]?.string ?? "").visibleLine
        var text = branch.isRoot ? "" : branch.prefix
        if !branch.isRoot { text += branch.isLast ? glyphs.tree.last : glyphs.tree.branch }
        text += palette.paint(name, .strong)
        var words = [node["class"]?.string ?? ""]
        if let status = node["status"]?.string, status != "live" { words.append(status) }
        if let criticality = node["criticality"]?.int { words.append("criticality \(criticality)") }
        if let owner = node["owner_name"]?.string { words.append(owner) }
        text += "  " + palette.paint(words.joined(separator: ", ").visibleLine, .quiet)
        let key = "\(node["ref"]?.string ?? "") \(node["via"]?.string ?? "")"
        if let label = labels[key] { text += "  " + palette.paint(label.visibleLine, .accent) }
        return text + "\n"
    }

    /// What is between two nodes, by the node and the one from which it was met.
    private func labels(_ edges: [JSON], isImpact: Bool) -> [String: String] {
        var labels: [String: String] = [:]
        for edge in edges {
            guard let from = edge["from"]?.string, let to = edge["to"]?.string else { continue }
            let key = isImpact ? "\(from) \(to)" : "\(to) \(from)"
            var label = edge["rel"]?.string ?? ""
            if let group = edge["group"]?.string, let needed = edge["min_up"]?.int {
                label += " (\(group): \(needed) needed)"
            }
            labels[key] = label
        }
        return labels
    }

    // MARK: - What is below

    private func notes(_ result: JSON, _ nodes: [JSON], isImpact: Bool) -> String {
        let items = result["item_count"]?.int ?? 0
        let services = result["service_count"]?.int ?? 0
        var text = "\(count(items, "item")) and \(count(services, "service"))"
        text += isImpact ? " affected\n" : " below\n"
        for group in result["weakened"]?.array ?? [] {
            let name = group["name"]?.string ?? group["ref"]?.string ?? ""
            let left = group["left"]?.int ?? 0
            text +=
                "\(name) goes on: \(left) left of \(group["group"]?.string ?? "")"
                .visibleLine
            text += ", \(group["min_up"]?.int ?? 0) needed\n"
        }
        if let more = result["more"]?.int, more > 0 { text += "and \(more) more: see --limit\n" }
        return text
    }

    private func count(_ number: Int, _ noun: String) -> String {
        "\(number) \(noun)\(number == 1 ? "" : "s")"
    }
}
