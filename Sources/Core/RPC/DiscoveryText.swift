internal import OpsJSONRPC

/// The answer to `rpc.discover`, written once and kept until a declaration comes or goes.
///
/// It is the same for everybody: it says what there is, not what the caller may do with it.
final class DiscoveryText: Sendable {
    private let registry: MethodRegistry
    private let version: String
    private let kept = Guarded<(revision: Int, text: [UInt8])?>(nil)

    init(of registry: MethodRegistry, version: String) {
        self.registry = registry
        self.version = version
    }

    /// The JSON text.
    var text: [UInt8] {
        // Asked first: what is declared meanwhile makes the text newer than its revision, and it is
        // written once more, never one time too few.
        let revision = registry.revision
        if let kept = kept.withLock({ $0 }), kept.revision == revision { return kept.text }
        var text: [UInt8] = []
        JSON.object(OpenRPC.document(of: registry, version: version)).write(to: &text)
        kept.withLock { [text] in $0 = (revision, text) }
        return text
    }
}
