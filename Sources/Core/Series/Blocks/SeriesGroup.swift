/// Series whose numbers are neighbours: they share a row for their names, and their blocks.
///
/// Numbers are given in the order in which series appear, so the series of one scrape, which have
/// the same timestamps and labels, are mostly in the same group.
enum SeriesGroup {
    static let size: SeriesID = 512

    static func number(of id: SeriesID) -> Int64 { Int64(id / self.size) }

    /// Cuts ascending ids into those of each group.
    static func split(_ ids: ArraySlice<SeriesID>) -> [(group: Int64, ids: ArraySlice<SeriesID>)] {
        var parts: [(group: Int64, ids: ArraySlice<SeriesID>)] = []
        var rest = ids
        while let first = rest.first {
            let group = self.number(of: first)
            let part = rest.prefix { self.number(of: $0) == group }
            parts.append((group, part))
            rest = rest[part.endIndex...]
        }
        return parts
    }
}
