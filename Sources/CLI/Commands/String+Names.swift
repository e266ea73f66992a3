/// Names as the wire spells them and as a command line spells them.
extension String {
    /// `interval_ms` is `interval-ms` on a command line.
    var kebab: String {
        String(map { $0 == "_" ? "-" : $0 })
    }

    /// `labels` is `label` when one is given at a time.
    var singular: String {
        hasSuffix("s") && !hasSuffix("ss") && count > 2 ? String(dropLast()) : self
    }

    /// `last_check_at` is `last check` at the top of a column.
    var title: String {
        var name = self[...]
        for suffix in ["_at", "_ms", "_bytes"] where name.hasSuffix(suffix) {
            name = name.dropLast(suffix.count)
        }
        return String(name.map { $0 == "_" ? " " : $0 })
    }
}
