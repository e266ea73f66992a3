internal import OpsCore
internal import OpsImport
internal import OpsJSONRPC

/// A report of nmap (`-oX`): the hosts that were up, each told by its hardware address, or by its address
/// where it was not near enough to show one.
struct NmapReport {
    private struct Host {
        var line: Int
        var isUp = false
        var addresses: [String] = []
        var hardware: String?
        var vendor: String?
        var hostname: String?
        var system: String?
        /// The open ports; nil where none was looked at.
        var ports: [String]?
    }

    private struct Port {
        var name: String
        var isOpen = false
        var service = ""

        var text: String { service.isEmpty ? name : "\(name) \(service)" }
    }

    private var root: String?
    private var hosts: [Host] = []
    private var host: Host?
    private var port: Port?

    /// Reads a whole report.
    ///
    /// - Throws: `invalid_params` saying in which line it is no report.
    static func records(_ text: String) throws(RPCError) -> [ImportedRecord] {
        var report = NmapReport()
        do throws(XMLReader.Mistake) {
            try XMLReader.read(text) { report.take($1, at: $0) }
        } catch {
            throw .badLines([.init(path: "line \(error.line)", reason: error.reason)])
        }
        guard report.root == "nmaprun" else {
            throw .badMember(
                "text", "is no report of nmap: its root is <\(report.root ?? "")>, not <nmaprun>")
        }
        return report.hosts.filter(\.isUp).compactMap(record)
    }

    // MARK: - Elements

    private mutating func take(_ piece: XMLReader.Piece, at line: Int) {
        switch piece {
        case .begin(let name, let said): begin(name, said, line)
        case .end("host"):
            if let host { hosts.append(host) }
            host = nil
        case .end("port"):
            if let port, port.isOpen { host?.ports?.append(port.text) }
            port = nil
        case .end: break
        }
    }

    private mutating func begin(_ name: String, _ said: [String: String], _ line: Int) {
        if root == nil { root = name }
        switch name {
        case "host": host = Host(line: line)
        case "status": host?.isUp = said["state"] == "up"
        case "address": address(said)
        // The name that was asked for comes first, those that the network knows follow.
        case "hostname": if host?.hostname == nil { host?.hostname = said["name"] }
        case "osmatch": if host?.system == nil { host?.system = said["name"] }
        case "ports": host?.ports = []
        case "port": port = Port(name: "\(said["portid"] ?? "")/\(said["protocol"] ?? "")")
        case "state": port?.isOpen = said["state"] == "open"
        case "service": port?.service = Self.words(said, ["name", "product", "version"])
        default: break
        }
    }

    private mutating func address(_ said: [String: String]) {
        guard let address = said["addr"] else { return }
        if said["addrtype"] == "mac" {
            host?.hardware = address.lowercased()
            host?.vendor = said["vendor"]
        } else {
            host?.addresses.append(address)
        }
    }

    // MARK: - Records

    private static func record(_ host: Host) -> ImportedRecord? {
        guard let key = host.hardware ?? host.addresses.first else { return nil }
        return ImportedRecord(
            line: host.line, key: key, name: host.hostname ?? host.addresses.first ?? key,
            [
                ("addresses", .string(host.addresses.joined(separator: " "))),
                ("hostname", host.hostname.map(JSON.string)),
                ("mac", host.hardware.map(JSON.string)), ("vendor", host.vendor.map(JSON.string)),
                ("os", host.system.map(JSON.string)),
                // None open is a fact as well, and not the same as none looked at.
                (
                    "ports",
                    host.ports.map { .string($0.isEmpty ? "none" : $0.joined(separator: ", ")) }
                ),
            ])
    }

    private static func words(_ said: [String: String], _ names: [String]) -> String {
        names.compactMap { said[$0] }.filter { !$0.isEmpty }.joined(separator: " ")
    }
}
