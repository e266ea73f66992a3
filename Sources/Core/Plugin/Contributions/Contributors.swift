internal import Logging
internal import OpsJSONRPC

/// Asks the plugins what they have to say about records: all at once, each within its time.
///
/// Whatever a plugin does here, the page comes: who is off, late or fails is named on it.
final class Contributors: Sendable {
    /// How much of one plugin's answer is taken; a page is to be read.
    private static let maxItems = 100
    private static let maxLines = 100

    private let entries = Guarded<[String: Contributor]>([:])
    private let loop: EventLoop
    private let time: any TimeSource
    private let logger: Logger

    init(loop: EventLoop, time: any TimeSource, logger: Logger) {
        self.loop = loop
        self.time = time
        self.logger = logger
    }

    /// Sets how a plugin contributes, in place of how it did.
    func set(_ contributor: Contributor) {
        entries.withLock {
            $0[contributor.plugin] = contributor.declarations.isEmpty ? nil : contributor
        }
    }

    /// Notes that a plugin contributes nothing for now.
    func close(
        _ plugin: String, _ declarations: [ContributionDeclaration],
        _ reason: Contributions.Gap.Reason, _ message: String
    ) {
        set(
            Contributor(
                plugin: plugin, declarations: declarations, presence: .absent(reason, message)))
    }

    /// Forgets a plugin that is not there any more.
    func remove(_ plugin: String) { entries.withLock { $0[plugin] = nil } }

    // MARK: - Asking

    /// What there is to say about some records.
    ///
    /// - Parameters:
    ///   - rights: What whoever looks may see; nothing stands for everything.
    ///   - asker: The plugin that asks, which is not asked itself.
    func ask(
        about subjects: [Ref], for call: Call, seenBy rights: [any Access] = [],
        by asker: String? = nil
    ) async -> Contributions {
        let asked = entries.withLock { $0.values.filter { $0.plugin != asker } }
        let parts = await withTaskGroup(of: Contributions?.self) { group in
            for contributor in asked {
                guard let interest = contributor.interest(in: subjects, seenBy: rights) else {
                    continue
                }
                group.addTask { [self] in await ask(contributor, interest, call) }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        let found = parts.compactMap(\.self)
        return Contributions(
            items: found.flatMap(\.items).sorted(by: \.plugin),
            missing: found.flatMap(\.missing).sorted(by: \.plugin))
    }

    private func ask(
        _ contributor: Contributor, _ interest: Contributor.Interest, _ call: Call
    ) async -> Contributions {
        var found = Contributions(items: [], missing: [])
        func miss(_ sections: [String], _ reason: Contributions.Gap.Reason, _ message: String) {
            guard !sections.isEmpty else { return }
            found.missing.append(
                .init(
                    plugin: contributor.plugin, sections: sections, reason: reason,
                    message: message))
        }
        miss(interest.forbidden, .forbidden, "The caller may not see it.")
        guard !interest.sections.isEmpty else { return found }
        switch contributor.presence {
        case .absent(let reason, let message): miss(interest.sections, reason, message)
        case .here(let limit, let ask):
            let limit = min(limit, call.remaining(time) ?? limit)
            let outcome = await Deadline.outcome(within: limit, on: loop, time) {
                try await ask(interest.question, call)
            }
            switch outcome {
            case .success(let items)?:
                found.items = Self.taken(items, from: contributor.plugin, interest.question)
            case .failure(let error)?:
                note("\(error)", contributor.plugin, call)
                miss(interest.sections, Self.reason(error), Self.message(error))
            case nil:
                let message = "It did not answer within \(limit.milliseconds) ms."
                note(message, contributor.plugin, call)
                miss(interest.sections, .late, message)
            }
        }
        return found
    }

    private static func reason(_ error: any Error) -> Contributions.Gap.Reason {
        let isAway = (error as? RPCError)?.kind == RPCError.pluginUnavailable("").kind
        return isAway ? .notRunning : .failed
    }

    /// What a caller may read; the rest stands in the log.
    private static func message(_ error: any Error) -> String {
        switch error {
        case let error as RPCError: error.message
        case PeerFailure.answered(let error): error.message
        case let failure as PeerFailure: "\(failure)"
        case let error as any WireRepresentable: error.rpcError.message
        default: "It failed; the log says why."
        }
    }

    /// As much of an answer as was asked for, with the name of who gave it.
    private static func taken(
        _ items: [Contribution], from plugin: String, _ question: ContributionQuestion
    ) -> [Contribution] {
        let subjects = Set(question.subjects)
        let wanted = items.filter {
            question.sections.contains($0.section) && subjects.contains($0.subject)
        }
        return wanted.prefix(maxItems).map { item in
            var item = item
            item.plugin = plugin
            item.more = max(item.more, 0) + max(item.lines.count - maxLines, 0)
            item.lines = Array(item.lines.prefix(maxLines))
            return item
        }
    }

    private func note(_ problem: String, _ plugin: String, _ call: Call) {
        logger.warning(
            "a plugin failed to contribute",
            metadata: [
                "plugin": "\(plugin)", "problem": "\(problem)", "request": "\(call.requestID)",
            ])
    }
}

extension Array {
    /// By name; what has the same name stays in its order.
    fileprivate func sorted(by name: (Element) -> String) -> [Element] {
        enumerated().sorted { (name($0.element), $0.offset) < (name($1.element), $1.offset) }
            .map(\.element)
    }
}
