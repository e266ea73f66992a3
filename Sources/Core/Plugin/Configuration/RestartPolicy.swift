/// When and how often a plugin that has ended is started again.
public struct RestartPolicy: Declared {
    /// What makes a plugin start again.
    public enum Mode: String, Sendable, Codable, CaseIterable {
        /// Every end that nobody asked for.
        case always
        /// An end that is a failure: any but the exit status 0.
        case onFailure = "on_failure"
        /// Nothing.
        case never
    }

    /// What makes the plugin start again.
    @Param("When the plugin is started again: always, on_failure, never.")
    public var mode: Mode = .onFailure
    /// The first pause.
    @Param("The longest first pause before a start.", .range(1...86_400_000))
    public var initialMs: Int = 250
    /// The longest pause.
    @Param("The longest pause of all.", .range(1...86_400_000)) public var maxMs: Int = 60_000
    /// How much longer each pause may be than the one before.
    @Param("How much longer each pause may be than the one before.", .range(1...10))
    public var factor: Double = 2
    /// Which part of a pause is left to chance.
    @Param("Which part of a pause is left to chance.", .range(0...1)) public var jitter: Double = 1
    /// After which time the pauses begin anew.
    @Param("After running this long the pauses begin anew.", .range(1...86_400_000))
    public var resetAfterMs: Int = 60_000
    /// How many starts a window may see.
    @Param("How many starts there may be in the window before it is given up.", .atLeast(1))
    public var maxInWindow: Int = 10
    /// How long the window is.
    @Param("How long the window is.", .range(1...86_400_000)) public var windowMs: Int = 600_000

    /// The policy that holds where nobody sets another.
    public init() {}
}
