import OpsJSONRPC
import Testing

@testable import opsloop

@Suite struct GraphViewTests {
    private let view = GraphView(palette: .plain, glyphs: Glyphs(isASCII: true))

    private func node(
        _ ref: String, _ name: String, via: String? = nil, _ more: JSON.Object = [:]
    ) -> JSON {
        var node: JSON.Object = [
            "ref": .string(ref), "name": .string(name), "class": "server", "status": "live",
        ]
        node["via"] = via.map(JSON.string)
        for (key, value) in more { node[key] = value }
        return .object(node)
    }

    private func graph(_ format: String, _ more: JSON.Object = [:]) -> JSON {
        var graph: JSON.Object = [
            "direction": "impact", "format": .string(format),
            "items": [
                node("ci:1", "hv1"), node("ci:2", "hv2"),
                node("ci:3", "vm", via: "ci:2", ["criticality": 1, "owner_name": "Network"]),
                node("ci:4", "app", via: "ci:3", ["status": "maintenance"]),
                node("ci:5", "job\u{1B}[2J", via: "ci:3"),
                node("service:1", "shop", via: "ci:4", ["class": "service"]),
            ],
            "edges": [
                ["from": "ci:3", "to": "ci:2", "rel": "runs_on", "group": "hv", "min_up": 2],
                ["from": "ci:4", "to": "ci:3", "rel": "runs_on"],
                ["from": "ci:5", "to": "ci:3", "rel": "depends_on"],
                ["from": "service:1", "to": "ci:4", "rel": "service"],
            ],
            "item_count": 3, "service_count": 1, "more": 0, "weakened": [],
        ]
        for (key, value) in more { graph[key] = value }
        return .object(graph)
    }

    @Test func `A tree shows each node once, below the one that it was met from`() {
        let text = view.render(
            graph(
                "tree",
                [
                    "more": 2,
                    "weakened": [
                        ["ref": "ci:9", "name": "db", "group": "disks", "left": 1, "min_up": 1]
                    ],
                ]))
        #expect(
            text == """
                hv1  server
                hv2  server
                `- vm  server, criticality 1, Network  runs_on (hv: 2 needed)
                   |- app  server, maintenance  runs_on
                   |  `- shop  service  service
                   `- job [2J  server  depends_on
                3 items and 1 service affected
                db goes on: 1 left of disks, 1 needed
                and 2 more: see --limit

                """)
    }

    @Test func `What something stands on is read the other way`() {
        let text = view.render([
            "direction": "depends", "format": "tree",
            "items": [node("ci:1", "app"), node("ci:2", "vm", via: "ci:1")],
            "edges": [["from": "ci:1", "to": "ci:2", "rel": "runs_on"]],
            "item_count": 1, "service_count": 0, "more": 0, "weakened": [],
        ])
        #expect(text == "app  server\n`- vm  server  runs_on\n1 item and 0 services below\n")
    }

    @Test func `Graphviz's language is passed on, a table is left to the list`() {
        #expect(view.render(graph("dot", ["dot": "digraph {}\n"])) == "digraph {}\n")
        #expect(view.render(graph("table")) == nil)
        #expect(view.render(["items": [], "ref": "ci:1"]) == nil)
    }

    @Test func `A chain of a thousand is not too deep`() throws {
        let items = (0..<1000).map { node("ci:\($0)", "n", via: $0 == 0 ? nil : "ci:\($0 - 1)") }
        let text = try #require(view.render(graph("tree", ["items": .array(items)])))
        #expect(text.utf8.count { $0 == 0x0A } == 1001)
    }
}
