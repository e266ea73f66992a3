/// Which names this server goes by and which web pages may talk to it.
///
/// A page of a stranger can make a browser send requests here, and can give its own name our
/// address (DNS rebinding). It can't choose the `Host` and the `Origin` that the browser writes.
struct HostPolicy: Sendable {
    private var hosts: Set<String>
    private let origins: Set<String>
    private let takesEveryAddress: Bool

    init(_ addresses: [ListenAddress], hosts: [String], origins: [String]) {
        self.hosts = Set(hosts.map { $0.lowercased() })
        self.origins = Set(origins.map { $0.lowercased() })
        takesEveryAddress = addresses.contains { $0.isWildcard }
        for address in addresses {
            self.hosts.insert(address.host)
            if address.isLoopback { self.hosts.formUnion(["localhost", "127.0.0.1", "::1"]) }
        }
    }

    /// Whether a `Host` header, with or without a port, means this server.
    func isOurs(_ header: String) -> Bool {
        guard let name = Self.name(in: header) else { return false }
        if hosts.contains(name.lowercased()) { return true }
        // Nobody can make a browser take an address for a name.
        return takesEveryAddress && ListenAddress("[\(name)]:0") != nil
            || takesEveryAddress && ListenAddress("\(name):0") != nil
    }

    /// Whether a page of that origin may call.
    func mayCall(_ origin: String) -> Bool { origins.contains(origin.lowercased()) }

    private static func name(in header: String) -> String? {
        var rest = header[...]
        var name: Substring
        if rest.first == "[" {
            guard let end = rest.firstIndex(of: "]") else { return nil }
            name = rest[rest.index(after: rest.startIndex)..<end]
            rest = rest[rest.index(after: end)...]
        } else {
            let end = rest.firstIndex(of: ":") ?? rest.endIndex
            name = rest[..<end]
            rest = rest[end...]
        }
        guard !name.isEmpty else { return nil }
        guard rest.isEmpty || (rest.first == ":" && rest.dropFirst().allSatisfy(\.isNumber)) else {
            return nil
        }
        return String(name)
    }
}
