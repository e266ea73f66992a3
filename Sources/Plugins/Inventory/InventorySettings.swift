public import OpsCore

/// What `plugins.json` may say under the plugin's `config`.
public struct InventorySettings: Declared {
    /// How many records one import may bring.
    @Param(
        "How many records one import may bring; it is one transaction, and other writes wait for it.",
        .range(1...1_000_000))
    public var maxImportRecords: Int = 100_000

    /// Makes the default settings.
    public init() {}
}
