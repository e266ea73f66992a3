internal import COpsLoop
internal import OpsCore
internal import OpsJSONRPC

/// A plugin that the host has registered: its manifest and its functions.
///
/// `@unchecked Sendable`: it never changes; the functions and what `user` points to are called from
/// one place, `Callbacks`, one at a time.
struct HostPluginType: @unchecked Sendable {
    let text: HostManifest
    let functions: opsloop_plugin

    var manifest: Manifest { text.manifest }

    init(_ plugin: UnsafePointer<opsloop_plugin>?) throws {
        guard let plugin else { throw EmbedError.invalid("plugin is NULL") }
        guard plugin.pointee.size >= MemoryLayout<opsloop_plugin>.size,
            plugin.pointee.version == OPSLOOP_PLUGIN_VERSION
        else {
            throw EmbedError.invalid(
                "plugin.size or plugin.version is not that of opsloop_plugin version 1")
        }
        guard plugin.pointee.call != nil else { throw EmbedError.invalid("plugin.call is NULL") }
        guard let manifest = CText.string(plugin.pointee.manifest) else {
            throw EmbedError.invalid("plugin.manifest is no UTF-8 text")
        }
        functions = plugin.pointee
        text = try HostManifest(parsing: manifest)
    }

    /// The plugin as the platform takes it.
    func provided(_ callbacks: Callbacks) -> ProvidedPlugin {
        ProvidedPlugin(manifest, settings: text.settings) { context, config in
            HostPlugin(self, context, config, callbacks)
        }
    }
}
