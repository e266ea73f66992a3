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

    /// Describes an attempt.
    public init(method: String, owner: String, effect: Effect, params: JSON?) {
        self.method = method
        self.owner = owner
        self.effect = effect
        self.params = params
    }
}
