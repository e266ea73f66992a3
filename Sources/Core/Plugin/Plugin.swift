public import OpsJSONRPC

/// A built-in plugin: an actor on the loop's executor.
///
/// The host reads the manifest, decodes and validates the settings, brings the tables up to date,
/// and only then makes the plugin and starts it:
///
/// | phase | may touch the outside world | when it fails |
/// | --- | --- | --- |
/// | `manifest`, `validate` | no | nothing has been started; the error names plugin, key and value |
/// | `init` | no | as above; handlers are bound here |
/// | `start` | yes | `stop` is called, then every plugin that had started is stopped |
/// | `stop` | yes | is called once, also after a half start |
public protocol Plugin: PluginInstance {
    /// What `plugins.json` may say under `config`.
    associatedtype Settings: Declared
    /// What the plugin says about itself; no side effects.
    static var manifest: Manifest { get }
    /// Checks what no single member's rules can see; no side effects. Throws the bad fields.
    static func validate(_ settings: Settings) throws(RPCError)
    /// Takes the context and binds the method handlers; starts nothing.
    init(_ context: PluginContext, settings: Settings) throws
}

extension Plugin {
    /// Nothing beyond the rules of the members.
    public static func validate(_ settings: Settings) throws(RPCError) {}
}

/// What the host starts and stops: a plugin that was made.
public protocol PluginInstance: Actor {
    /// Starts the plugin's work.
    func start() async throws
    /// Stops the plugin's work; also called after `start` has thrown.
    func stop() async
}

/// A plugin that takes new settings while it runs.
public protocol Reloads: Plugin {
    /// Changes over to new settings, which have been validated.
    func reload(_ settings: Settings) async throws
}

/// A plugin that has something to say about records of others, for pages about them.
///
/// What it contributes stands in its manifest: a section, the nouns it is about, and the method
/// whose callers may see it.
public protocol Contributes: PluginInstance {
    /// Says what there is to say about some records, within its time.
    ///
    /// Nothing is said where there is nothing to say. It asks no others for their contributions,
    /// who might ask it in turn.
    func contributions(_ question: ContributionQuestion) async throws -> [Contribution]
}

/// A plugin that brings records back to how they were.
///
/// Which records stands in its manifest. Everything that is refused is refused before anything of
/// the record is written.
public protocol Reverts: PluginInstance {
    /// Makes a record what it was, with its audit entry, search document and event as for any change.
    ///
    /// - Parameters:
    ///   - ref: The record, which may be gone.
    ///   - state: Its members as the audit log has them; nil for a record that is to be gone.
    /// - Throws: ``OpsJSONRPC/RPCError`` that says what is in the way.
    nonisolated func restore(_ ref: Ref, to state: JSON.Object?, in tx: WriteTransaction) throws
    /// Takes back a change of a part of a record that is kept apart from it, such as its relations.
    ///
    /// - Throws: ``OpsJSONRPC/RPCError`` that says what is in the way, above all when the part is not
    ///   what the change made of it.
    nonisolated func takeBack(
        part action: String, of ref: Ref, before: JSON?, after: JSON?, in tx: WriteTransaction
    ) throws
}

extension Reverts {
    /// There are no parts.
    public nonisolated func takeBack(
        part action: String, of ref: Ref, before: JSON?, after: JSON?, in tx: WriteTransaction
    ) throws {
        throw RPCError.conflict("\(action) of \(ref) cannot be taken back.")
    }
}
