extension Page {
    /// A page of what was found, in the order of places: texts that sort, no two of them equal.
    ///
    /// - Parameter cursor: The last place of the page before.
    public init<Found>(
        _ found: some Sequence<Found>, by place: (Found) -> String, after cursor: String?,
        limit: Int, show: (Found) -> Item
    ) {
        let places = found.map { (key: place($0), found: $0) }
            .filter { place in cursor.map { place.key > $0 } ?? true }
            .sorted { $0.key < $1.key }
        let page = places.prefix(limit)
        self.init(
            items: page.map { show($0.found) },
            nextCursor: places.count > page.count ? page.last?.key : nil)
    }
}
