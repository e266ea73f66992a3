/// The two ends of the wire to a plugin, however it is reached.
public protocol PluginEndpoint: AnyObject {
    /// The socket that carries both directions: what is written to it is the plugin's input.
    var socket: CInt { get }
    /// Whether it is a process, to which signals can be sent.
    var isProcess: Bool { get }
    /// Ends the plugin's input; its output can still be read.
    func endInput()
    /// Sends SIGTERM.
    func terminate()
    /// Waits for the end, and says how it was; nil when it has not come in that time.
    func ending(withinMs: Int) -> String?
    /// Ends it, whatever it does.
    func destroy()
    /// What it has said on standard error.
    var errors: String { get }
}
