internal import OpsCore
internal import OpsJSONRPC

/// The own members of a type of check, and the way from them to a probe.
protocol CheckKind: Declared {
    /// The value of the check's `type`.
    static var kind: String { get }
    /// What it looks at, in one sentence for people.
    static var summary: String { get }
    /// The members that nothing but their own rules judges: neither ``validate()`` nor what they
    /// mean together with others.
    ///
    /// Where a template fills no others from its targets, one check of it that makes sense speaks for
    /// all; what differs between them is held against its own rules.
    static var independent: Set<String> { get }
    /// Refuses members that contradict each other, or that no rule on a single member can judge.
    func validate() throws(RPCError)
    /// Makes the probe. It is kept for as long as the check's members stay as they are, and may
    /// remember what it saw.
    func makeProbe(_ tools: ProbeTools) throws -> any Probe
}

extension CheckKind {
    static var independent: Set<String> { [] }

    func validate() throws(RPCError) {}

    /// Throws what is wrong with the members, all of it at once, or nothing.
    func refuse(_ problems: [RPCError.FieldError]) throws(RPCError) {
        guard !problems.isEmpty else { return }
        throw .invalidParams(
            problems.map { "\($0.path) \($0.reason)" }.joined(separator: "; "), fields: problems)
    }
}
