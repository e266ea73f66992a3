internal import OpsCore
internal import OpsJSONRPC

/// What stands on some items and what they stand on, as whoever keeps the inventory answers.
///
/// The inventory may be absent: then only the items themselves are known, and the gap is named.
struct Surroundings: Sendable, Equatable {
    /// What fails with the items, without them.
    var affected: Set<Ref> = []
    /// What the items stand on, without them.
    var supports: Set<Ref> = []
    /// What could not be found out, and why.
    var gaps: [String] = []
    /// Whether nobody here keeps an inventory.
    var isUnanswered = false

    /// The part of `ci.impact` and `ci.depends` that is needed here.
    private struct Graph: Decodable {
        struct Node: Decodable {
            var ref: Ref
            var depth: Int
        }

        var items: [Node]
        var more: Int
    }

    /// The most that is asked for; the rest is named as a gap.
    private static let limit = 100_000

    /// Asks about those of some refs that an inventory may know.
    static func ask(about refs: [Ref], _ context: PluginContext) async -> Surroundings {
        var surroundings = Surroundings()
        let items = known(refs)
        surroundings.affected = await surroundings.nodes(
            "ci.impact", items, limit, isAll: true, context)
        surroundings.supports = await surroundings.nodes(
            "ci.depends", items, limit, isAll: true, context)
        return surroundings
    }

    /// Asks only what they stand on, as much of it as is asked for, the nearest first.
    static func footing(
        of refs: [Ref], limit: Int, _ context: PluginContext
    ) async -> Surroundings {
        var surroundings = Surroundings()
        surroundings.supports = await surroundings.nodes(
            "ci.depends", known(refs), limit, isAll: false, context)
        return surroundings
    }

    private static func known(_ refs: [Ref]) -> [Ref] {
        refs.filter { $0.noun == "ci" || $0.noun == "service" }
    }

    /// - Parameter isAll: Whether all of them are wanted, so that what is beyond the limit is a gap.
    private mutating func nodes(
        _ method: String, _ items: [Ref], _ limit: Int, isAll: Bool, _ context: PluginContext
    ) async -> Set<Ref> {
        guard !items.isEmpty else { return [] }
        do {
            let answer = try await context.call(
                method,
                [
                    "ci": .array(items.map { .string($0.description) }),
                    "limit": .number(JSON.Number(limit)),
                ])
            let graph = try answer.decode(Graph.self)
            if isAll, graph.more > 0 { gaps.append("\(method) has \(graph.more) more") }
            return Set(graph.items.filter { $0.depth > 0 }.map(\.ref)).subtracting(items)
        } catch let error as RPCError {
            isUnanswered = error.kind == "method_not_found"
            gaps.append("\(method): \(error.message)")
        } catch {
            gaps.append("\(method): its answer cannot be read")
        }
        return []
    }
}
