public import OpsJSONRPC

/// A plugin that is a value instead of a type, because what it offers is known at run time only.
///
/// A program that embeds OpsLoop brings such plugins; the methods of its manifest are declared by
/// text.
public struct ProvidedPlugin: Sendable {
    /// What the plugin says about itself.
    public let manifest: Manifest
    /// What its settings must be; nil when it takes any.
    public let settings: JSONSchema?
    let make: @Sendable (PluginContext, JSON) throws -> any PluginInstance

    /// Provides a plugin; `make` gets its context and settings, binds the handlers of its methods and
    /// starts nothing.
    public init(
        _ manifest: Manifest, settings: JSONSchema? = nil,
        make: @escaping @Sendable (PluginContext, JSON) throws -> any PluginInstance
    ) {
        self.manifest = manifest
        self.settings = settings
        self.make = make
    }
}
