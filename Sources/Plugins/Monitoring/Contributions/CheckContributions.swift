internal import OpsCore
internal import OpsJSONRPC

/// What monitoring has to say about items and checks, for pages that are about them.
///
/// A check belongs to an item by a link, `check:7 monitors ci:3`, or by its label `ci`, which holds
/// the item's name, its class and name (`server/web1`), or its ref.
struct CheckContributions {
    static let declarations = [
        ContributionDeclaration(
            "checks", "The checks of an item that fail.", about: ["ci", "check"],
            seenLike: ListChecks.name),
        ContributionDeclaration(
            "metrics", "The last hour of the metrics of the checks that fail.",
            about: ["ci", "check"], seenLike: QueryMetrics.name),
    ]

    /// How much of it stands on one page.
    private static let mostChecks = 20
    private static let mostSeries = 20
    private static let span = Duration.seconds(3600)

    let context: PluginContext
    let checks: MonitoringService

    func contributions(_ question: ContributionQuestion) async throws -> [Contribution] {
        var said: [Contribution] = []
        for subject in question.subjects {
            let ids = try await checks(of: subject)
            let entries = await checks.entries(ids)
            let report = CheckReport(entries)
            if question.sections.contains("checks") {
                said += [report.contribution(to: subject, limit: Self.mostChecks)].compactMap(
                    \.self)
            }
            if question.sections.contains("metrics") {
                let shown = subject.noun == "check" ? entries : report.failing
                said += [try await metrics(of: shown, for: subject)].compactMap(\.self)
            }
        }
        return said
    }

    // MARK: - Which checks

    private func checks(of subject: Ref) async throws -> [Int] {
        if subject.noun == "check" { return Int(subject.key).map { [$0] } ?? [] }
        let linked = try await context.store.read { tx in
            try tx.links(to: subject, relation: "monitors").compactMap { link in
                link.from.noun == "check" ? Int(link.from.key) : nil
            }
        }
        let labelled = await checks.checks(labelled: try await names(of: subject))
        return Set(linked + labelled).sorted()
    }

    /// What the label of a check may call an item.
    ///
    /// Without an inventory, or for an item that is gone, it is only the ref.
    private func names(of item: Ref) async throws -> [String] {
        let ref = item.description
        do throws(RPCError) {
            let found = try await context.call("ci.get", ["ci": .string(ref)])
            guard let name = found["name"]?.string else { return [ref] }
            let full = found["class"]?.string.map { ["\($0)/\(name)"] } ?? []
            return [ref, name] + full
        } catch {
            context.logger.debug("an item has no name", metadata: ["item": "\(ref)"])
            return [ref]
        }
    }

    // MARK: - Metrics

    /// The newest hour of what the checks measured; nil when they measured nothing.
    private func metrics(
        of entries: [CheckReport.Entry], for subject: Ref
    ) async throws -> Contribution? {
        let now = context.time.now()
        var lines: [Contribution.Line] = []
        var more = 0
        for entry in entries {
            let check = LabelMatcher("check", .equal, entry.name)
            let keys = try await context.series.series(matching: [check])
            let room = max(Self.mostSeries - lines.count, 0)
            more += max(keys.count - room, 0)
            for result in try await newest(keys.prefix(room), of: keys.count, check, now) {
                guard let summary = MetricSummary(result.points) else { continue }
                lines.append(summary.line(result, of: entry.ref))
            }
        }
        guard !lines.isEmpty else { return nil }
        return Contribution(
            to: subject, "metrics",
            title: "the last hour of \(Readable.count(lines.count, "metric"))",
            lines: lines, more: more)
    }

    /// One question for all series of a check; of one that has more than are shown, one for each.
    private func newest(
        _ keys: ArraySlice<SeriesKey>, of all: Int, _ check: LabelMatcher, _ now: Instant
    ) async throws -> [SeriesResult] {
        guard keys.count < all else {
            return try await context.series.query(
                SeriesQuery(matchers: [check], from: now - Self.span, to: now))
        }
        var found: [SeriesResult] = []
        for key in keys {
            let labels = key.labels.dictionary.map { LabelMatcher($0.key, .equal, $0.value) }
            let query = SeriesQuery(
                matchers: [.metric(key.name)] + labels, from: now - Self.span, to: now)
            found += try await context.series.query(query).filter { $0.key == key }
        }
        return found
    }
}

extension MonitoringService {
    /// How some checks stand, as their callers see it; those that are gone are left out.
    func entries(_ ids: [Int]) -> [CheckReport.Entry] {
        let now = tools.time.now()
        return ids.compactMap { id in
            guard let check = checks[id] else { return nil }
            let stored = check.stored
            return CheckReport.Entry(
                ref: stored.ref, name: stored.definition.name, type: stored.definition.type,
                state: stored.status.state, stateType: stored.status.stateType,
                output: check.shown?.output ?? "", since: stored.status.lastStateChangeAt,
                isInMaintenance: isInMaintenance(id, at: now))
        }
    }
}
