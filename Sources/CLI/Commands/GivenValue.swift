/// A value as it stood on the command line, before the schema types it.
enum GivenValue: Equatable {
    case text(String)
    /// `--name:=JSON`: the way around the types, also to `null`.
    case json(String)
    case flag(Bool)
}
