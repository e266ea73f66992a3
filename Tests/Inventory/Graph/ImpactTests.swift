import Testing

@testable import OpsInventory

/// What fails when something fails, as values.
@Suite struct ImpactTests {
    typealias Edge = Dependence<Int>

    /// Asks and learns until nothing is left, some nodes at a time.
    private func impact(
        of roots: [Int], in edges: [Edge], batch: Int = 3
    ) -> Impact<Int> {
        let bySupport = Dictionary(grouping: edges, by: \.support)
        var impact = Impact(of: roots)
        while true {
            let failed = impact.next(batch)
            guard !failed.isEmpty else { return impact }
            for node in failed { for edge in bySupport[node] ?? [] { impact.learn(edge) } }
        }
    }

    private func affected(_ roots: [Int], _ edges: [Edge]) -> [Int] {
        Array(impact(of: roots, in: edges).walk.nodes.dropFirst(Set(roots).count))
    }

    private func needs(_ dependent: Int, _ support: Int) -> Edge {
        Edge(
            dependent: dependent, support: support, label: "depends_on", group: "", needed: nil,
            size: 1)
    }

    private func group(
        _ dependent: Int, _ supports: [Int], _ needed: Int?, name: String = "g"
    ) -> [Edge] {
        supports.map {
            Edge(
                dependent: dependent, support: $0, label: "runs_on", group: name, needed: needed,
                size: supports.count)
        }
    }

    @Test func `Three hypervisors of which two are needed: one down is no impact`() {
        #expect(affected([1], group(9, [1, 2, 3], 2)) == [])
        #expect(impact(of: [1], in: group(9, [1, 2, 3], 2)).weakened.first?.left == 2)
    }

    @Test func `Three hypervisors of which two are needed: two down is an impact`() {
        for down in [[1, 2], [1, 3], [2, 3], [1, 2, 3]] {
            #expect(affected(down, group(9, [1, 2, 3], 2)) == [9], "\(down)")
        }
    }

    @Test func `Without a number all of a group are needed`() {
        #expect(affected([2], group(9, [1, 2, 3], nil)) == [9])
    }

    @Test func `A group that needs more than it has needs all of them`() {
        #expect(affected([1], group(9, [1, 2], 5)) == [9])
        #expect(affected([], group(9, [1, 2], 5)) == [])
    }

    @Test func `Each group counts for itself`() {
        let edges = group(9, [1, 2], 1, name: "storage") + group(9, [3, 4], 1, name: "network")
        #expect(affected([1, 3], edges) == [])
        #expect(affected([1, 2], edges) == [9])
        let weakened = impact(of: [1, 3], in: edges).weakened
        #expect(Set(weakened.map(\.name)) == ["storage", "network"])
    }

    @Test func `One in a group and beside it counts as both`() {
        #expect(affected([1], group(9, [1, 2], 1) + [needs(9, 1)]) == [9])
    }

    @Test func `A failure goes on, through groups that it empties on its way`() {
        // 1 carries 2 and 3, of which 4 needs one; 5 stands on 4.
        let edges = [needs(2, 1), needs(3, 1), needs(5, 4)] + group(4, [2, 3], 1)
        let impact = impact(of: [1], in: edges)
        #expect(impact.walk.nodes == [1, 2, 3, 4, 5])
        #expect(impact.walk.places[4] == .init(via: 3, depth: 2))
        #expect(impact.walk.places[5] == .init(via: 4, depth: 3))
        #expect(impact.weakened.isEmpty)
    }

    @Test func `A cycle fails as a whole, and does not fail by itself`() {
        let ring = [needs(1, 2), needs(2, 3), needs(3, 1)]
        #expect(Set(affected([1], ring)) == [2, 3])
        #expect(affected([], ring) == [])
        // Each of a pair stands on the other or on 7: one of the two is enough.
        let pair = group(1, [2, 7], 1) + group(2, [1, 7], 1)
        #expect(affected([7], pair) == [])
    }

    @Test func `What fails by itself is not affected, and counts once`() {
        #expect(affected([1, 1, 2], [needs(2, 1), needs(3, 2)]) == [3])
    }

    @Test func `A chain of a hundred thousand is not too deep`() {
        let edges = (1..<100_000).map { needs($0, $0 - 1) }
        let impact = impact(of: [0], in: edges, batch: 256)
        #expect(impact.walk.nodes.count == 100_000)
        #expect(impact.walk.places[99_999]?.depth == 99_999)
    }

    @Test func `A thousand random graphs fail as a brute force says`() {
        var random = Generator(seed: 7)
        for round in 0..<1000 {
            let count = Int.random(in: 2...14, using: &random)
            let edges = graph(count, &random)
            let roots = (0..<count).filter { _ in Int.random(in: 0..<4, using: &random) == 0 }
            let batch = Int.random(in: 1...5, using: &random)
            let found = Set(
                impact(of: roots, in: edges.shuffled(using: &random), batch: batch).walk.nodes)
            #expect(found == bruteForce(Set(roots), edges, count), "round \(round)")
        }
    }

    private func graph(_ count: Int, _ random: inout Generator) -> [Edge] {
        var edges: [Edge] = []
        for node in 0..<count {
            for name in 0..<Int.random(in: 0...3, using: &random) {
                let supports = (0..<count).filter {
                    $0 != node && Int.random(in: 0..<4, using: &random) == 0
                }
                let needed = Int.random(in: 0...4, using: &random)
                edges += group(
                    node, supports, needed == 0 ? nil : needed, name: name == 0 ? "" : "g\(name)")
            }
        }
        return edges
    }

    /// Says the rule as it stands in the model, of every node, until nothing changes any more: for
    /// some group fewer are healthy than are needed.
    private func bruteForce(_ roots: Set<Int>, _ edges: [Edge], _ count: Int) -> Set<Int> {
        var failed = roots
        while true {
            let next = failed.union(
                (0..<count).filter { node in
                    let own = edges.filter { $0.dependent == node }
                    return Dictionary(grouping: own, by: \.group).contains { name, members in
                        let healthy = members.count { !failed.contains($0.support) }
                        let all = name.isEmpty || members[0].needed == nil
                        let needed = all ? members.count : members[0].needed ?? 0
                        return healthy < min(needed, members.count)
                    }
                })
            if next == failed { return failed }
            failed = next
        }
    }
}

/// Numbers that look random and are the same in every run.
struct Generator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
