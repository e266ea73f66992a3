/// What a method does to the records.
public enum Effect: String, Sendable, Codable, CaseIterable {
    /// Changes nothing.
    case read
    /// Creates or changes records.
    case write
    /// Deletes records.
    case destroy
}
