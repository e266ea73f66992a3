public import OpsCore
public import OpsImport

/// What every import may be told, beside the text: a ``OpsCore/Group`` of its method's members.
public struct ImportOptions: Declared {
    /// How the text is written.
    @Param("How the text is written.")
    public var format: ImportFormat = .auto
    /// What becomes of the other lines when one is wrong.
    @Param("Whether a wrong line leaves out everything or only itself.")
    public var mode: ImportMode = .all
    /// Where a piece begins in its file.
    @Param(
        "The number of the first record's line in the file, when the text is a piece of it.",
        .present(.range(1...1_000_000_000)))
    public var firstLine: Int?
    /// How much of the report is answered.
    @Param(
        "How many of the changes to answer at most; the counts are always complete.",
        .range(0...100_000))
    public var limit: Int = 1000

    /// Makes the bare declaration.
    public init() {}
}
