internal import OpsCore
internal import OpsJSONRPC

/// What a maintenance may be about: the labels by which it is found, and where it stands.
struct MaintenanceSubject: Sendable {
    /// The labels, and what else tells it apart: `check` and `type` of a check, `rule` and
    /// `severity` of a rule's alert.
    var labels: [String: String]
    /// The check and everything that it depends on.
    var lineage: Set<Int>
}

extension MaintenanceSubject {
    /// A check; its name and type count as labels, and as labels of that name when there are any.
    init(_ definition: CheckDefinition, lineage: Set<Int>) {
        labels = definition.labels
        labels["check"] = definition.name
        labels["type"] = definition.type
        labels[SeriesKey.nameLabel] = definition.name
        self.lineage = lineage
    }
}

/// What a maintenance covers; every condition that there is has to hold.
struct MaintenanceScope: Sendable {
    let labels: LabelSelector?
    /// The check that has to be the subject or above it.
    let root: Int?

    func covers(_ subject: MaintenanceSubject) -> Bool {
        (root.map(subject.lineage.contains) ?? true)
            && (labels?.accepts(subject.labels) ?? true)
    }
}
