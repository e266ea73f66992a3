internal import OpsJSONRPC

/// Says that a method will go, and what to call instead.
public struct Deprecation: Sendable, Equatable, Codable {
    /// The version that deprecated it.
    public var since: String
    /// The version that will not have it any more.
    public var removal: String
    /// The method to call instead.
    public var use: String?

    /// Makes a deprecation.
    public init(since: String, removal: String, use: String? = nil) {
        self.since = since
        self.removal = removal
        self.use = use
    }

    /// The sentence that a caller of `method` finds among the warnings of its result.
    public func warning(of method: String) -> String {
        let instead = use.map { "; use \($0)" } ?? ""
        return "\(method) is deprecated since \(since) and goes with \(removal)\(instead)."
    }

    /// Its members, for `rpc.discover`.
    var json: JSON {
        var members: JSON.Object = ["since": .string(since), "removal": .string(removal)]
        members["use"] = use.map(JSON.string)
        return .object(members)
    }
}
