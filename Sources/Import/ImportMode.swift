/// What becomes of an import of which a line is wrong.
public enum ImportMode: String, Codable, CaseIterable, Sendable {
    /// Nothing is taken.
    case all
    /// The other lines are taken, and the wrong ones are said.
    case rows
}
