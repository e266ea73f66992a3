internal import OpsJSONRPC

/// A check in memory, where it is scheduled and judged.
struct WatchedCheck {
    /// The check as the store has it; callers are shown its status.
    var stored: StoredCheck
    /// Nil until it is needed, for a check that a template made: reading it takes longer than all
    /// else about taking one in, and they come in hundreds of thousands.
    var kind: (any CheckKind)?
    private var sharedRules: Shared<StateRules>
    /// What its definition makes of its results.
    var rules: StateRules {
        get { sharedRules.value }
        set { sharedRules = Shared(newValue) }
    }
    /// Made at the first run and kept, because a probe may remember what it saw.
    var probe: (any Probe)?
    /// The series of the newest result.
    var series: KnownSeries?
    /// The status after the newest result; ahead of the stored one until that is saved.
    var status: CheckStatus
    /// The newest result, which steady results replace without touching the store.
    var newest: Observation?
    /// The newest result that fits the stored status.
    var shown: Observation?
    /// Until when a problem stays announced, on the monotonic clock.
    var firingUntil: Duration?
    /// The ticks at which the newest look, and the one that the newest result is of, began.
    var begunAt: UInt64 = 0
    var judgedAt: UInt64 = 0
    /// Nil for a check without parents.
    var kinship: Kinship?
    /// Rises when a run that is under way has become meaningless.
    var epoch = 0

    /// Whether only another look can say what people have to be told.
    var needsAnotherLook: Bool {
        kinship?.looksAfter != nil && status.announcedState != status.hardState
    }

    /// How soon it is looked at again after a result that is not believed yet; nil when it is.
    var retryWait: Duration? {
        CheckRules.isRetrying(status) ? stored.definition.retryInterval : nil
    }

    init(_ stored: StoredCheck, kind: (any CheckKind)?) {
        self.stored = stored
        self.kind = kind
        let definition = stored.definition
        sharedRules = definition.sharedRules ?? Shared(Self.rules(of: definition))
        kinship = sharedRules.value.parents.isEmpty ? nil : Kinship()
        status = stored.status
        newest = stored.observation
        shown = stored.observation
    }

    /// The rules of a definition; those of a policy that this version does not understand are the
    /// usual ones, and ``UnusableCheck`` says so.
    static func rules(of definition: CheckDefinition) -> StateRules {
        do throws(RPCError) {
            return try definition.rules()
        } catch {
            return StateRules(maxAttempts: definition.maxAttempts)
        }
    }

    /// Shows the newest result unless its status is still on the way to the store.
    mutating func refreshShown() {
        if status == stored.status { shown = newest }
    }
}
