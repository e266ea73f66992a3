internal import Glibc

/// Tells systemd how the daemon is doing, when systemd has started it.
///
/// Protocol: sd_notify(3), a datagram to the socket that `NOTIFY_SOCKET` names.
enum ServiceManager {
    /// The daemon answers.
    static func ready() { notify("READY=1\nSTATUS=answering\n") }

    /// The daemon reads its configuration again; `ready` ends it.
    static func reloading() { notify("RELOADING=1\n") }

    /// The daemon stops.
    static func stopping() { notify("STOPPING=1\n") }

    private static func notify(_ state: String) {
        guard let name = getenv("NOTIFY_SOCKET").map({ String(cString: $0) }) else { return }
        let descriptor = socket(
            AF_UNIX, CInt(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        var path = Array(name.utf8)
        guard path.count < MemoryLayout.size(ofValue: address.sun_path) else { return }
        // A leading @ stands for the zero byte of an abstract name.
        if path.first == UInt8(ascii: "@") { path[0] = 0 }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path) }
        let offset = MemoryLayout.offset(of: \sockaddr_un.sun_path) ?? 2
        let length = socklen_t(offset + path.count)
        let text = Array(state.utf8)
        // The manager may be gone; the daemon runs all the same.
        _ = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                sendto(descriptor, text, text.count, CInt(MSG_NOSIGNAL), $0, length)
            }
        }
    }
}
