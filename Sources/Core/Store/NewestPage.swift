/// The records that match a question and were written last.
public struct NewestPage: Sendable, Hashable {
    /// A record as search knows it.
    public struct Record: Sendable, Hashable {
        /// What it is.
        public let ref: Ref
        /// What its search document is called.
        public let title: String
    }

    /// The records, the last first.
    public internal(set) var records: [Record] = []
    /// How many records have the question's words, whatever nouns and facets they have.
    public internal(set) var spread = Spread()
}
