internal import OpsCore
internal import OpsJSONRPC

/// Secrets in a desired state: one that is written covered, as `check.export` writes it, stays as
/// it is.
enum Secrets {
    /// The checks with their covered secrets as they are stored.
    static func kept(
        in wanted: [CheckDefinition], of own: [StoredCheck], _ catalog: CheckCatalog
    ) throws(RPCError) -> [CheckDefinition] {
        let known = Dictionary(
            own.map { ($0.definition.name, $0.definition) }, uniquingKeysWith: { $1 })
        return try wanted.enumerated().map { index, check throws(RPCError) in
            let old = known[check.name]
            var check = check
            check.members = try kept(
                in: check.members, of: old?.type == check.type ? old?.members : nil,
                type: check.type, catalog, at: "checks[\(index)]")
            return check
        }
    }

    /// The templates with their covered secrets as they are stored.
    static func kept(
        in wanted: [CheckTemplate], of watchlist: Watchlist, _ reader: CheckReader
    ) throws(RPCError) -> [CheckTemplate] {
        try wanted.enumerated().map { index, template throws(RPCError) in
            let old = watchlist.template(named: template.name)?.template
            let type = template.check.type
            let given = try kept(
                in: template.given, of: old?.check.type == type ? old?.given : nil, type: type,
                reader.catalog, at: "templates[\(index)]")
            guard given != template.given else { return template }
            return try CheckTemplate(
                name: template.name, match: template.selector.text, given: given, reader)
        }
    }

    private static func kept(
        in members: JSON.Object, of old: JSON.Object?, type: String, _ catalog: CheckCatalog,
        at path: String
    ) throws(RPCError) -> JSON.Object {
        var kept = members
        for (name, value) in members
        where value == .string(CheckCatalog.cover) && catalog.isSecret(name, of: type) {
            guard let secret = old?[name] else {
                throw .badMember(
                    "\(path).\(name)", "is covered, and there is no secret yet that could stay")
            }
            kept[name] = secret
        }
        return kept
    }
}
