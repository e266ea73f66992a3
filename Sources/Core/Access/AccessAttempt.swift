public import OpsJSONRPC

/// A call that somebody wants to make, as far as the decision about it needs to know.
public struct AccessAttempt: Sendable {
    /// The method.
    public let method: String
    /// Who answers it: `core` or a plugin's name.
    public let owner: String
    /// What the method does to the records.
    public let effect: Effect
    /// The parameters as they came, without `_meta`.
    public let params: JSON?
    /// Whether the method keeps a caller to its own records where that is all that it may see.
    public let mindsOwner: Bool

    /// Describes an attempt.
    public init(
        method: String, owner: String, effect: Effect, params: JSON?, mindsOwner: Bool = false
    ) {
        self.method = method
        self.owner = owner
        self.effect = effect
        self.params = params
        self.mindsOwner = mindsOwner
    }
}
