/// What a line of a feed observes, before anything of it is written.
struct Sighting {
    let new: Observation
    /// The item that it is about.
    let item: Record?
    /// Whether it is that item only because it was before: nothing that the line says tells so.
    let isLinked: Bool
    /// What was known of the thing before.
    let known: Observation?
    /// What the source has observed of the item before, under this key or another one.
    let before: Observation?
}
