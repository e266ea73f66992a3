/// Who may connect to a Unix socket, as far as the file system decides it.
public struct SocketPermissions: Sendable, Equatable {
    /// The bits of the file's mode; who may write may connect.
    public var mode: UInt32
    /// The file's group, where it is not the process' own.
    public var group: UInt32?

    /// Makes permissions; by default only the current user may connect.
    public init(mode: UInt32 = 0o600, group: UInt32? = nil) {
        self.mode = mode
        self.group = group
    }
}
