internal import OpsJSONRPC

/// A JSONPath query as RFC 9535 defines it, without filters and functions.
///
/// `$.items[0].name`, `$['a b']`, `$.list[-1]`, `$.list[0:3]`, `$.*`, `$..id`, `$.list[0,2]`.
struct JSONPath: Sendable, Equatable {
    enum Selector: Sendable, Equatable {
        case name(String)
        case index(Int)
        case slice(start: Int?, end: Int?, step: Int)
        case all
    }

    struct Segment: Sendable, Equatable {
        var selectors: [Selector]
        /// Whether the selectors are applied to everything below as well.
        var isDescendant = false
    }

    /// What the query selects is more than anybody wants to know.
    struct TooMany: Error {}

    /// How many values a query may select on its way.
    static let maxNodes = 100_000

    /// The query as it was written.
    let text: String
    private let segments: [Segment]

    /// Reads a query.
    ///
    /// - Throws: what is wrong with it, and where.
    init(_ text: String) throws(JSONPathParser.Failure) {
        var parser = JSONPathParser(text)
        self.text = text
        segments = try parser.parse()
    }

    /// The values that the query selects, in the order of the document.
    func values(in document: JSON) throws(TooMany) -> [JSON] {
        var nodes = [document]
        for segment in segments {
            var next: [JSON] = []
            for node in nodes { try select(segment, from: node, into: &next) }
            nodes = next
        }
        return nodes
    }

    private func select(
        _ segment: Segment, from node: JSON, into found: inout [JSON]
    ) throws(TooMany) {
        for selector in segment.selectors { selector.apply(to: node, into: &found) }
        guard found.count <= Self.maxNodes else { throw TooMany() }
        guard segment.isDescendant else { return }
        for child in node.children { try select(segment, from: child, into: &found) }
    }
}

extension JSONPath.Selector {
    fileprivate func apply(to node: JSON, into found: inout [JSON]) {
        switch self {
        case .name(let name):
            if let value = node[name] { found.append(value) }
        case .all:
            found += node.children
        case .index(let index):
            guard let array = node.array else { return }
            let place = index < 0 ? array.count + index : index
            if array.indices.contains(place) { found.append(array[place]) }
        case .slice(let start, let end, let step):
            guard let array = node.array else { return }
            found += Self.indices(start, end, step, array.count).map { array[$0] }
        }
    }

    /// The indices of a slice, as RFC 9535, 2.3.4.2.2 counts them.
    private static func indices(
        _ start: Int?, _ end: Int?, _ step: Int, _ count: Int
    ) -> [Int] {
        guard step != 0 else { return [] }
        func place(_ index: Int) -> Int { index < 0 ? index + count : index }
        if step > 0 {
            let first = min(max(start.map(place) ?? 0, 0), count)
            let last = min(max(end.map(place) ?? count, 0), count)
            return Array(stride(from: first, to: last, by: step))
        }
        let first = min(max(start.map(place) ?? count - 1, -1), count - 1)
        let last = min(max(end.map(place) ?? -1, -1), count - 1)
        return Array(stride(from: first, to: last, by: step))
    }
}

extension JSON {
    /// The elements of an array or the values of an object.
    fileprivate var children: [JSON] {
        array ?? object.map { $0.map(\.value) } ?? []
    }
}
