/// One member that a file may have a column for.
public struct ImportColumn: Sendable, Hashable {
    /// How a cell becomes a member.
    public enum Content: Sendable, Hashable {
        /// The text as it is.
        case text
        /// A number where it is written as one.
        case number
        /// Several words, parted by blanks, commas or semicolons.
        case list
    }

    /// The member, and the first line's word for it.
    public let name: String
    /// How its cells are read.
    public let content: Content

    /// Makes a column.
    public init(_ name: String, _ content: Content = .text) {
        self.name = name
        self.content = content
    }
}
