public import OpsToken

/// What somebody may do: the methods, less the exceptions, as far as their effects go.
public struct Role: Sendable, Equatable {
    /// The name under which members and tokens have it.
    public let name: String
    /// The methods.
    public let methods: [MethodPattern]
    /// The methods that it does not have all the same.
    public let exceptions: [MethodPattern]
    /// The effects that its methods may have.
    public let effects: Set<Effect>
    /// Whether it is about one's own records only: of the methods it then has just those that tell
    /// whose a record is.
    public let ownRecords: Bool

    init(
        name: String, methods: [MethodPattern], exceptions: [MethodPattern] = [],
        effects: Set<Effect>, ownRecords: Bool = false
    ) {
        self.name = name
        self.methods = methods
        self.exceptions = exceptions
        self.effects = effects
        self.ownRecords = ownRecords
    }

    /// Whether the role has the method.
    func allows(_ method: String, _ effect: Effect) -> Bool {
        effects.contains(effect) && methods.contains { $0.matches(method) }
            && !exceptions.contains { $0.matches(method) }
    }

    /// Whether the role has the method that is attempted.
    func allows(_ attempt: AccessAttempt) -> Bool {
        allows(attempt.method, attempt.effect) && (attempt.mindsOwner || !ownRecords)
    }
}

// MARK: - The roles that there always are

extension Role {
    /// Everything.
    static let admin = Role(
        name: "admin", methods: patterns("*"), effects: Set(Effect.allCases))

    /// Every record, but not the daemon itself nor who may use it.
    static let operatorRole = Role(
        name: "operator", methods: patterns("*"),
        exceptions: patterns(
            "token.create", "token.revoke", "system.reload", "plugin.restart", "plugin.check"),
        effects: Set(Effect.allCases))

    /// Everything that only reads.
    static let viewer = Role(name: "viewer", methods: patterns("*"), effects: [.read])

    /// Nobody can give these names to anything else.
    static let builtIn = [admin, operatorRole, viewer]

    private static func patterns(_ texts: String...) -> [MethodPattern] {
        texts.compactMap { MethodPattern($0) }
    }
}
