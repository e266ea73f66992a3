import Glibc

/// Debian's knotd with one zone, `example.test`.
final class NameServer {
    /// An address of this machine's that belongs to this process, so that no port on it is taken.
    static var address: String {
        let id = getpid()
        return "127.53.\(id >> 8 & 255).\(id & 255)"
    }

    let port: Int
    private let folder: TemporaryFolder
    private let program: ServerProgram

    init() throws {
        folder = try TemporaryFolder()
        port = try FreePort.find(on: Self.address)
        try folder.write("example.zone", Self.zone)
        let path = folder.path
        try folder.write(
            "knot.conf",
            """
            server:
                rundir: "\(path)"
                listen: \(Self.address)@\(port)
                udp-workers: 1
                tcp-workers: 1
                background-workers: 1
            database:
                storage: "\(path)/db"
            log:
              - target: stderr
                any: info
            zone:
              - domain: example.test
                file: "\(path)/example.zone"
                zonefile-sync: -1
            """)
        program = try ServerProgram(["/usr/sbin/knotd", "--config", "\(path)/knot.conf"])
        try program.waitFor("] loaded, serial", "server started")
    }

    deinit {
        program.stop()
        folder.remove()
    }

    private static let zone = """
        $ORIGIN example.test.
        $TTL 300
        @ SOA ns1 hostmaster 2026112101 3600 600 86400 60
        @ NS ns1
        @ NS ns2
        ns1 A 192.0.2.1
        ns2 A 192.0.2.2
        www A 192.0.2.10
        www A 192.0.2.11
        www AAAA 2001:db8::10
        web 60 CNAME WWW
        @ MX 10 mail
        @ MX 20 Backup
        @ TXT "v=spf1 " "-all"
        @ CAA 0 issue "ca.example.net"
        _sip._tcp SRV 0 5 5060 sip
        10.2.0.192.in-addr.arpa PTR www
        \((0..<60).map { "many A 198.51.100.\($0)" }.joined(separator: "\n"))
        large TXT \((0..<20).map { _ in "\"\(String(repeating: "x", count: 200))\"" }.joined(separator: " "))

        """
}
