/// How much a change has to go through, in ITIL's words.
enum ChangeType: String, Codable, CaseIterable, Sendable {
    /// It is assessed and agreed to first.
    case normal
    /// It was agreed to once and for all, as a model.
    case standard
    /// It cannot wait: one agrees now, all look at it afterwards.
    case emergency
}
