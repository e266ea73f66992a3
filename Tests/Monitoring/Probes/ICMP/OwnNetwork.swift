import Glibc
import OpsCore

@testable import OpsMonitoring

/// Networks that belong to one test: a loop's thread moves into one, and nobody else is there.
enum OwnNetwork {
    /// Whether this process may make networks; containers often may not.
    static let isAllowed =
        (try? ServerProgram.run(["unshare", "--net", "ip", "link", "set", "lo", "up"])) != nil

    /// A loop whose sockets are in a network of their own, in which `ping` groups may ping without
    /// further rights: `1 0` is none, `0 0` is root.
    static func run<Result>(
        pingGroups: String = "1 0", _ body: (ProbeTools) async throws -> Result
    ) async throws -> Result {
        try await withProbeTools { tools in
            try await tools.loop.perform {
                guard unshare(newNetwork) == 0 else {
                    throw TemporaryFolder.Failure(what: "unshare", error: errno)
                }
                try ServerProgram.run(["ip", "link", "set", "lo", "up"])
                try ServerProgram.run([
                    "sh", "-c", "echo \(pingGroups) > /proc/sys/net/ipv4/ping_group_range",
                ])
            }
            return try await body(tools)
        }
    }

    /// Takes all rights from the loop's thread.
    static func dropRights(_ tools: ProbeTools) async throws {
        try await tools.loop.perform {
            // Version 3 of the interface, for the calling thread, with empty sets.
            var header: [UInt32] = [0x2008_0522, 0]
            let sets = [UInt32](repeating: 0, count: 6)
            guard capset(&header, sets) == 0 else {
                throw TemporaryFolder.Failure(what: "capset", error: errno)
            }
        }
    }
}

// Swift's Glibc has neither of these calls of Linux, which are for the calling thread alone.

/// The flag `CLONE_NEWNET`.
private let newNetwork: CInt = 0x4000_0000

@_silgen_name("unshare")
private func unshare(_ flags: CInt) -> CInt

@_silgen_name("capset")
private func capset(
    _ header: UnsafeMutablePointer<UInt32>, _ sets: UnsafePointer<UInt32>
) -> CInt

/// A router behind the test's own network, which drops what goes to 10.4/16 and says of 10.6/16 that
/// it cannot be reached.
final class TestRouter {
    private let program: ServerProgram

    init(_ tools: ProbeTools) async throws {
        program = try ServerProgram(["unshare", "--net", "sh", "-c", "echo $$; read line"])
        let process = try program.readNumber()
        try await tools.loop.perform {
            try ServerProgram.run(["sh", "-e", "-c", Self.setUp, "router", "\(process)"])
        }
    }

    private static let setUp = """
        ip link add near type veth peer name far netns $1
        ip address add 10.7.0.1/24 dev near
        ip link set near up
        nsenter --target $1 --net sh -e -c '
            ip address add 10.7.0.2/24 dev far
            ip link set far up
            ip route add unreachable 10.6.0.0/16
            ip route add blackhole 10.4.0.0/16
            echo 1 > /proc/sys/net/ipv4/ip_forward
            echo 0 > /proc/sys/net/ipv4/icmp_ratelimit'
        ip route add 10.6.0.0/16 via 10.7.0.2
        ip route add 10.4.0.0/16 via 10.7.0.2
        """
}
