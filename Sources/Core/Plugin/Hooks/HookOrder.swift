/// Puts the plugins at a hook in order: by `before` and `after`, then priority, then name.
enum HookOrder {
    /// The entries in the order in which they are asked.
    ///
    /// - Throws: ``PluginError`` when some of them want to stand before each other in a circle.
    static func sorted(_ entries: [HookEntry]) throws(PluginError) -> [HookEntry] {
        var waiting = entries.sorted {
            ($0.settings.priority, $0.plugin) < ($1.settings.priority, $1.plugin)
        }
        var result: [HookEntry] = []
        while !waiting.isEmpty {
            let next = waiting.firstIndex { entry in
                !waiting.contains { $0.plugin != entry.plugin && stands($0, before: entry) }
            }
            guard let next else { throw circle(waiting) }
            result.append(waiting.remove(at: next))
        }
        return result
    }

    private static func stands(_ one: HookEntry, before other: HookEntry) -> Bool {
        one.declaration.before.contains(other.plugin)
            || other.declaration.after.contains(one.plugin)
    }

    private static func circle(_ entries: [HookEntry]) -> PluginError {
        let names = entries.map(\.plugin).sorted().joined(separator: ", ")
        return .conflict(
            entries[0].plugin,
            "the hook \(entries[0].name) has no order: \(names) stand before "
                + "each other in a circle")
    }
}
