internal import OpsCore

/// The mode of the socket's file, as the settings spell it.
struct SocketMode {
    let bits: UInt32

    /// Reads an octal number such as `0660`; nil when it is none, or keeps the owner out.
    init?(_ text: String) {
        guard (3...4).contains(text.utf8.count),
            text.utf8.allSatisfy({ (0x30...0x37).contains($0) }),
            let bits = UInt32(text, radix: 8), bits <= 0o777, bits & 0o600 == 0o600
        else { return nil }
        self.bits = bits
    }

    /// The permissions that the settings ask for.
    ///
    /// - Throws: ``SocketError`` when there is no such group.
    static func permissions(
        _ settings: ServerSettings
    ) throws(SocketError) -> SocketPermissions {
        var permissions = SocketPermissions(mode: SocketMode(settings.socketMode)?.bits ?? 0o600)
        if let name = settings.socketGroup {
            guard let group = UInt32(name) ?? SystemNames.gid(of: name) else {
                throw SocketError(group: name)
            }
            permissions.group = group
        }
        return permissions
    }
}
