internal import OpsCore
internal import OpsImport
internal import OpsJSONRPC

/// The items that a file calls by their names, as whoever keeps the inventory knows them.
struct ItemNames: Sendable {
    private var refs: [String: Ref] = [:]
    /// Why a name is none.
    private var gaps: [String: String] = [:]

    init() {}

    /// Asks once for each name, before anything is written.
    static func ask(about records: [ImportedRecord], _ context: PluginContext) async -> ItemNames {
        let said = records.flatMap { $0.members["items"]?.array ?? [] }.compactMap(\.string)
        var names = ItemNames()
        for name in Set(said) where Ref(name) == nil {
            do {
                let item = try await context.call("ci.get", ["ci": .string(name)])
                names.refs[name] = item["ref"]?.string.flatMap { Ref($0) }
            } catch {
                names.gaps[name] = error.message
            }
        }
        return names
    }

    /// The items that a line says.
    ///
    /// - Throws: `invalid_params` naming those that there are not.
    func items(_ said: [String]) throws(RPCError) -> [Ref] {
        var (items, bad) = ([Ref](), [RPCError.FieldError]())
        for text in said {
            if let ref = refs[text] ?? Ref(text) {
                items.append(ref)
            } else {
                let reason = gaps[text] ?? "there is no such item"
                bad.append(.init(path: "items", reason: "\"\(text)\": \(reason)"))
            }
        }
        guard bad.isEmpty else { throw .badMembers(bad) }
        return items
    }
}
