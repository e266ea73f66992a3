/// A part that a plugin adds to pages about records, those of other plugins above all.
public struct ContributionDeclaration: Sendable, Equatable {
    /// The part's name, one word: `checks`.
    public let section: String
    /// One sentence that says what stands there.
    public let summary: String
    /// The nouns of the records that it is about.
    public let nouns: [String]
    /// The plugin's own method that shows the same: who may call it may see the part.
    public let method: String

    /// Declares a part of pages about records of these nouns, seen by who may call the method.
    public init(
        _ section: String, _ summary: String, about nouns: [String], seenLike method: String
    ) {
        self.section = section
        self.summary = summary
        self.nouns = nouns
        self.method = method
    }
}
