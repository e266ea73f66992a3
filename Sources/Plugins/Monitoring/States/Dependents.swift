/// Who depends on a check, by the name or ref by which it does.
struct Dependents: Sendable {
    private var children: [String: Set<Int>] = [:]
    private var keys: [Int: Set<String>] = [:]

    /// The checks that have parents.
    var all: [Int] { Array(keys.keys) }
    var isEmpty: Bool { keys.isEmpty }

    /// What is depended on.
    var wanted: some Sequence<String> { children.keys }

    /// Notes what a check depends on, and forgets what it depended on before.
    mutating func set(_ id: Int, _ parents: [ParentGroup]) {
        set(id, keys: Set(parents.flatMap(\.anyOf)))
    }

    /// Notes by which names and refs a check depends on others, and forgets those before.
    mutating func set(_ id: Int, keys wanted: Set<String>) {
        for key in keys.removeValue(forKey: id) ?? [] {
            children[key]?.remove(id)
            if children[key]?.isEmpty == true { children[key] = nil }
        }
        guard !wanted.isEmpty else { return }
        keys[id] = wanted
        for key in wanted { children[key, default: []].insert(id) }
    }

    /// The checks that depend on one of these keys.
    func children(of keys: [String]) -> Set<Int> {
        keys.reduce(into: []) { $0.formUnion(children[$1] ?? []) }
    }
}
