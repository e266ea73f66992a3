internal import OpsJSONRPC

/// A plugin that contributes, or would if it ran.
struct Contributor: Sendable {
    typealias Ask = @Sendable (ContributionQuestion, Call) async throws -> [Contribution]

    /// Whether it can be asked.
    enum Presence: Sendable {
        case here(within: Duration, Ask)
        case absent(Contributions.Gap.Reason, String)
    }

    let plugin: String
    let declarations: [ContributionDeclaration]
    let presence: Presence

    /// Whom it wants to be asked about, as far as somebody may see its parts.
    struct Interest {
        let question: ContributionQuestion
        /// The parts that the caller may not see.
        let forbidden: [String]
        /// The parts that the caller may see, in the order of their declaration.
        let sections: [String]
    }

    /// What there is to ask it about these records; nil when they are none of its business.
    func interest(in subjects: [Ref], seenBy rights: [any Access]) -> Interest? {
        let about = declarations.filter { part in
            subjects.contains { part.nouns.contains($0.noun) }
        }
        guard !about.isEmpty else { return nil }
        // Each method once: an attempt may count against a limit.
        let visible = Set(about.map(\.method)).filter { method in
            let attempt = AccessAttempt(
                method: method, owner: plugin, effect: .read, params: [:])
            return rights.allSatisfy { $0.refusal(attempt) == nil }
        }
        let allowed = about.filter { visible.contains($0.method) }
        let nouns = Set(allowed.flatMap(\.nouns))
        let sections = allowed.map(\.section)
        return Interest(
            question: ContributionQuestion(
                subjects: subjects.filter { nouns.contains($0.noun) }, sections: Set(sections)),
            forbidden: about.map(\.section).filter { !sections.contains($0) }, sections: sections)
    }
}
