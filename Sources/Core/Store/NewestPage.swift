import Glibc

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
    public let records: [Record]
    /// About how many records have the words, whatever nouns and facets they have.
    ///
    /// Exact where there are few; else told by how close together the newest stand.
    public let about: Double

    /// How rare the words are among so many records, in bits: what half of them have says 1, one in a
    /// thousand says 10; what more have than there are, nothing.
    public func bits(among all: Int) -> Double {
        about > 0 ? max(log2(Double(all) / about), 0) : 0
    }
}
