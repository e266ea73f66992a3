public import OpsCore

/// What `plugins.json` may say under the plugin's `config`.
public struct InventorySettings: Declared {
    /// How many records one import may bring.
    @Param(
        "How many records one import may bring; it is one transaction, and other writes wait for it.",
        .range(1...1_000_000))
    public var maxImportRecords: Int = 100_000
    /// How long what a feed observed and nobody documented is kept.
    @Param(
        "How long what a feed observed and nobody documented is kept after it was observed last.",
        .range(3_600_000...31_536_000_000_000))
    public var forgetUndocumentedMs: Int = 7_776_000_000

    /// Makes the default settings.
    public init() {}
}
