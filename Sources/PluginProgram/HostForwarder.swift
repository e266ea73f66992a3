internal import OpsCore
internal import OpsJSONRPC

/// Asks the host for the methods that are not the plugin's own.
struct HostForwarder: CallForwarder {
    private let own: Set<String>
    private let link: HostLink

    init(_ manifest: Manifest, _ link: HostLink) {
        own = Set(manifest.methods.map(\.name))
        self.link = link
    }

    func forwards(_ method: String) -> Bool { !own.contains(method) }

    func call(_ method: String, _ params: JSON?, meta: CallMeta) async throws(RPCError) -> JSON {
        var members = params?.object ?? [:]
        if !meta.json.isEmpty { members[CallMeta.key] = .object(meta.json) }
        return try await link.ask(
            "host.call", ["method": .string(method), "params": .object(members)])
    }
}
