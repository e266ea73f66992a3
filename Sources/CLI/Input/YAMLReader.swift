import CYAML
import OpsJSONRPC

/// Reads one YAML document as a JSON value, by libyaml.
///
/// Plain scalars are what the core schema of YAML 1.2 says, so `no` is a text. Anchors, aliases and
/// merge keys (`<<`) work; what they expand to is bounded.
struct YAMLReader {
    /// Why a text is no YAML that has a JSON value, and where.
    struct Refusal: Error, CustomStringConvertible {
        var reason: String
        /// Counted from 1, as editors count.
        var line: Int
        var column: Int

        var description: String { "\(reason) in line \(line), column \(column)" }
    }

    /// A value, and how many values it holds: an alias may hold many.
    private struct Node {
        var value: JSON
        var count: Int
    }

    private static let maxNodes = 10_000_000
    private static let maxDepth = 100

    private let events: YAMLEvents
    private var anchors: [String: Node] = [:]
    private var nodes = 0

    /// Reads the only document of a text; an empty text is null.
    static func read(_ text: String) throws -> JSON {
        let events = YAMLEvents(text)
        var reader = YAMLReader(events: events)
        return try reader.document()
    }

    private init(events: YAMLEvents) { self.events = events }

    private mutating func document() throws -> JSON {
        _ = try events.next()
        guard case .documentStart = try events.next().kind else { return .null }
        let value = try node(try events.next(), depth: 0).value
        _ = try events.next()
        let last = try events.next()
        guard case .streamEnd = last.kind else {
            throw last.refusal("there is a second document")
        }
        return value
    }

    // MARK: - Nodes

    private mutating func node(_ event: YAMLEvent, depth: Int) throws -> Node {
        guard depth < Self.maxDepth else {
            throw event.refusal("it is nested more than \(Self.maxDepth) deep")
        }
        let node: Node
        switch event.kind {
        case .alias(let name):
            guard let known = anchors[name] else {
                throw event.refusal("there is no anchor called \(name)")
            }
            try count(known.count, event)
            return known
        case .scalar(let text, let isPlain):
            try count(1, event)
            node = Node(value: try YAMLScalar.value(text, isPlain: isPlain, event), count: 1)
        case .sequenceStart: node = try sequence(event, depth)
        case .mappingStart: node = try mapping(event, depth)
        default: throw event.refusal("a value is missing")
        }
        if let anchor = event.anchor { anchors[anchor] = node }
        return node
    }

    private mutating func sequence(_ start: YAMLEvent, _ depth: Int) throws -> Node {
        try count(1, start)
        var values: [JSON] = []
        var total = 1
        while true {
            let event = try events.next()
            if case .sequenceEnd = event.kind { return Node(value: .array(values), count: total) }
            let node = try node(event, depth: depth + 1)
            values.append(node.value)
            total += node.count
        }
    }

    private mutating func mapping(_ start: YAMLEvent, _ depth: Int) throws -> Node {
        try count(1, start)
        var members = JSON.Object()
        var merged = JSON.Object()
        var total = 1
        while true {
            let event = try events.next()
            if case .mappingEnd = event.kind { break }
            guard case .scalar(let key, let isPlain) = event.kind else {
                throw event.refusal("a key is no text")
            }
            let node = try node(try events.next(), depth: depth + 1)
            total += node.count
            if key == "<<", isPlain {
                try merge(node.value, into: &merged, event)
            } else if members[key] != nil {
                throw event.refusal("the key \(key) stands twice")
            } else {
                members[key] = node.value
            }
        }
        // What is written wins over what is merged in.
        for (key, value) in merged where members[key] == nil { members[key] = value }
        return Node(value: .object(members), count: total)
    }

    private func merge(
        _ value: JSON, into merged: inout JSON.Object, _ event: YAMLEvent
    ) throws {
        for value in value.array ?? [value] {
            guard let object = value.object else {
                throw event.refusal("<< merges mappings only")
            }
            for (key, value) in object where merged[key] == nil { merged[key] = value }
        }
    }

    /// Aliases of aliases grow without end; their size is known before they are copied.
    private mutating func count(_ more: Int, _ event: YAMLEvent) throws {
        nodes += more
        guard nodes <= Self.maxNodes else {
            throw event.refusal("it holds more than \(Self.maxNodes) values")
        }
    }
}
