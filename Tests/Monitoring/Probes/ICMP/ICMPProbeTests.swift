import Glibc
import OpsCore
import OpsJSONRPC
import Testing

@testable import OpsMonitoring

/// Real echoes, in networks that belong to the test.
@Suite(.enabled(if: OwnNetwork.isAllowed, "this process may not make networks of its own"))
struct ICMPProbeTests {
    private func check(
        _ host: String, _ change: (inout ICMPCheck) -> Void = { _ in }
    ) throws -> ICMPCheck {
        var check = ICMPCheck()
        check.host = host
        check.packetIntervalMs = 10
        change(&check)
        try check.validate()
        return check
    }

    private func value(_ label: String, _ result: CheckResult) -> Double? {
        result.measurements.first { $0.label == label }?.value
    }

    /// With ping sockets and with raw ones.
    @Test(arguments: ["0 0", "1 0"])
    func `this machine answers by both families`(groups: String) async throws {
        try await OwnNetwork.run(pingGroups: groups) { tools in
            for host in ["127.0.0.1", "::1"] {
                let result = try await check(host).makeProbe(tools).run(timeout: .seconds(20))
                #expect(result.state == .ok, "\(result.output)")
                #expect(result.output.hasPrefix("\(host) answered 3 of 3 packets in "))
                #expect(value("loss", result) == 0)
                #expect(result.phases.map(\.name) == ["lookup", "echo"])
                #expect(value("ttl", result) == 64)
                let (least, average, most) = (
                    try #require(value("rtt_min", result)), try #require(value("rtt_avg", result)),
                    try #require(value("rtt_max", result))
                )
                #expect(least > 0 && least <= average && average <= most && most < 1)
            }
        }
    }

    @Test(arguments: [("0 0", false), ("1 0", true)])
    func `a raw socket is taken only where no ping socket is to be had`(
        groups: String, isRaw: Bool
    ) async throws {
        try await OwnNetwork.run(pingGroups: groups) { tools in
            let kinds = try await tools.loop.perform {
                try [false, true].map { isIPv6 in
                    let socket = try PingSocket(isIPv6: isIPv6, on: tools.loop) { _ in }
                    defer { socket.close() }
                    return socket.isRaw
                }
            }
            #expect(kinds == [isRaw, isRaw])
        }
    }

    @Test func `without any right the result is unknown and says what to do`() async throws {
        try await OwnNetwork.run { tools in
            try await OwnNetwork.dropRights(tools)
            let result = try await check("127.0.0.1").makeProbe(tools).run(timeout: .seconds(20))
            #expect(result.state == .unknown)
            #expect(result.output.hasPrefix("Cannot ping 127.0.0.1: the system allows neither"))
            #expect(result.output.contains("net.ipv4.ping_group_range"))
        }
    }

    @Test(arguments: ["0 0", "1 0"])
    func `one who is silent is critical when the time is over`(groups: String) async throws {
        try await OwnNetwork.run(pingGroups: groups) { tools in
            let router = try await TestRouter(tools)
            let silent = try check("10.4.0.1") { $0.packetTimeoutMs = 100 }
            let result = await silent.makeProbe(tools).run(timeout: .seconds(20))
            #expect(result.state == .critical)
            #expect(result.output == "10.4.0.1 does not answer: 100 % lost")
            #expect(value("loss", result) == 100)
            #expect(value("rtt_avg", result) == nil)
            #expect(result.duration >= .milliseconds(120))
            #expect(result.duration < .seconds(10))
            withExtendedLifetime(router) {}
        }
    }

    @Test(arguments: ["0 0", "1 0"])
    func `a router's word is taken at once, and does no harm to others`(groups: String) async throws
    {
        try await OwnNetwork.run(pingGroups: groups) { tools in
            let router = try await TestRouter(tools)
            let gone = try check("10.6.0.1") { $0.packetTimeoutMs = 60_000 }.makeProbe(tools)
            let well = try check("127.0.0.1") { $0.packetCount = 50 }.makeProbe(tools)
            async let good = well.run(timeout: .seconds(60))
            let result = await gone.run(timeout: .seconds(60))
            #expect(result.state == .critical)
            #expect(result.output == "10.6.0.1 does not answer: 100 % lost, no route to host")
            #expect(result.duration < .seconds(30))
            #expect(await value("loss", good) == 0)
            withExtendedLifetime(router) {}
        }
    }

    @Test func `a network without a way there is critical at once`() async throws {
        try await OwnNetwork.run { tools in
            let result = try await check("192.0.2.1").makeProbe(tools).run(timeout: .seconds(60))
            #expect(result.state == .critical)
            #expect(
                result.output == "192.0.2.1 does not answer: 100 % lost, network is unreachable")
            #expect(result.duration < .seconds(30))
        }
    }

    @Test func `thousands share one socket, and each hears its own answers`() async throws {
        try await OwnNetwork.run(pingGroups: "0 0") { tools in
            let plan = PingPlan(
                count: 2, interval: .milliseconds(10), patience: .seconds(10), payloadBytes: 56)
            let lost = await withTaskGroup(of: Int.self) { group in
                for number in 0..<3000 {
                    let address = IPAddress(octets: [
                        127, 9, UInt8(number >> 8), UInt8(number & 255),
                    ])
                    guard let address else { continue }
                    group.addTask {
                        2 - (await tools.pinger.ping(address, plan)).roundTrips.count
                    }
                }
                return await group.reduce(0, +)
            }
            #expect(lost == 0)
        }
    }

    @Test func `large packets come back whole, and too large ones are refused by the system`()
        async throws
    {
        try await OwnNetwork.run { tools in
            let large = try check("127.0.0.1") { $0.payloadBytes = 65_000 }
            #expect(await large.makeProbe(tools).run(timeout: .seconds(20)).state == .ok)
        }
    }

    @Test func `a cancelled probe ends at once, and so do all when the pinger is closed`()
        async throws
    {
        try await OwnNetwork.run { tools in
            let router = try await TestRouter(tools)
            let probe = try check("10.4.0.1") { $0.packetTimeoutMs = 60_000 }.makeProbe(tools)
            let task = Task { await probe.run(timeout: .seconds(60)) }
            task.cancel()
            #expect(await task.value.state == .unknown)
            async let other = probe.run(timeout: .seconds(60))
            await tools.loop.untilSomethingIsSent(by: tools.pinger)
            await tools.pinger.close()
            #expect(await other.state == .unknown)
            let late = await probe.run(timeout: .seconds(60))
            #expect(late.output == "Cannot ping 10.4.0.1: the plugin stops")
            withExtendedLifetime(router) {}
        }
    }

    @Test func `a name is looked up, and only addresses of the wanted family count`() async throws {
        try await OwnNetwork.run { tools in
            let local = try check("localhost") { $0.ipFamily = .ipv4 }
            let result = await local.makeProbe(tools).run(timeout: .seconds(60))
            #expect(result.output.hasPrefix("localhost (127.0.0.1) answered 3 of 3 packets"))
            let strange = try check("127.0.0.1") { $0.ipFamily = .ipv6 }
            let none = await strange.makeProbe(tools).run(timeout: .seconds(60))
            #expect(none.state == .critical)
            #expect(none.output == "127.0.0.1: no ipv6 address")
            let lost = try check("no-such-host.invalid")
            let unknown = await lost.makeProbe(tools).run(timeout: .seconds(60))
            #expect(unknown.state == .critical)
            #expect(unknown.output.hasPrefix("no-such-host.invalid: "))
        }
    }
}

extension EventLoop {
    /// Waits until a packet is on its way.
    fileprivate func untilSomethingIsSent(by pinger: Pinger) async {
        while await withCheckedContinuation({ continuation in
            execute { continuation.resume(returning: pinger.packetsUnderWay == 0) }
        }) {}
    }
}
