/// Which checks say by their label `ci` that they belong to an item.
struct ItemLabels: Sendable {
    /// The label that names the item: by its name, `class/name`, or ref.
    static let label = "ci"

    /// The ``MonitoringService/definitionsMark`` at which they were read.
    let mark: Int
    /// The checks' numbers, by what the label says.
    let checks: [String: [Int]]
}

extension MonitoringService {
    /// The checks whose label `ci` says one of these, by their numbers.
    ///
    /// Labels are read anew when a definition has changed, not for every question.
    func checks(labelled names: [String]) -> [Int] {
        let labels = currentItemLabels
        return names.flatMap { labels.checks[$0] ?? [] }.sorted()
    }

    private var currentItemLabels: ItemLabels {
        if let itemLabels, itemLabels.mark == definitionsMark { return itemLabels }
        var found: [String: [Int]] = [:]
        for check in checks.all {
            guard let item = check.stored.definition.labels[ItemLabels.label] else { continue }
            found[item, default: []].append(check.stored.id)
        }
        let labels = ItemLabels(mark: definitionsMark, checks: found)
        itemLabels = labels
        return labels
    }
}
