extension Array where Element: Comparable {
    /// The middle element; of two, the smaller one.
    ///
    /// - Precondition: the array is not empty.
    var median: Element { sorted()[(count - 1) / 2] }
}
