import OpsCore
import OpsJSONRPC
import Testing

@testable import OpsMonitoring

@Suite struct ICMPRulesTests {
    private let rules = ICMPRules(
        host: "192.0.2.1", lossPercent: Limits(warning: 20, critical: 80),
        seconds: Limits(warning: 0.1, critical: 0.2))

    private func judge(_ packets: PingReport.Fate...) -> CheckResult {
        rules.judge(.sent(IPAddress("192.0.2.1"), PingReport(packets: packets)), seconds: 1)
    }

    private func answer(_ seconds: Double) -> PingReport.Fate {
        .answered(seconds: seconds, hopLimit: 60)
    }

    @Test func `loss and slowness are told apart and both are told`() {
        let well = judge(answer(0.01), answer(0.03))
        #expect(well.state == .ok)
        #expect(well.output == "192.0.2.1 answered 2 of 2 packets in 20 ms")
        #expect(well.measurements.map(\.value) == [0, 0.01, 0.02, 0.03, 60])
        let lossy = judge(answer(0.01), .lost, answer(0.01))
        #expect(lossy.state == .warning)
        #expect(lossy.output.hasSuffix("answered 2 of 3 packets in 10 ms: 33 % lost"))
        let both = judge(answer(0.3), .lost)
        #expect(both.state == .critical)
        #expect(both.output.hasSuffix(": slower than 200 ms; 50 % lost"))
    }

    @Test func `what a router said is passed on`() {
        let result = judge(.lost, .undeliverable(reason: "no route to host"), .lost)
        #expect(result.output == "192.0.2.1 does not answer: 100 % lost, no route to host")
    }

    @Test func `packets follow each other faster when the time is short`() {
        let plan = PingPlan(
            count: 5, interval: .seconds(1), patience: .seconds(2), payloadBytes: 8)
        #expect(plan.fitted(into: .seconds(10)) == plan)
        #expect(plan.fitted(into: .seconds(4)).interval == .milliseconds(500))
        let none = plan.fitted(into: .seconds(-1))
        #expect(none.interval == .zero)
        #expect(none.patience == .zero)
    }

    @Test func `a packet's checksum is that of RFC 1071, and its token comes back`() {
        #expect(EchoPacket.checksum([0x00, 0x01, 0xF2, 0x03, 0xF4, 0xF5, 0xF6, 0xF7]) == 0x220D)
        #expect(EchoPacket.checksum([0xFF]) == 0x00FF)
        for isIPv6 in [false, true] {
            var packet = EchoPacket.request(
                token: 0x0123_4567_89AB_CDEF, identifier: 7, isIPv6: isIPv6, payloadBytes: 20)
            #expect(packet.count == 28)
            if !isIPv6 { #expect(EchoPacket.checksum(packet) == 0) }
            #expect(
                EchoPacket.requestToken(packet[...], isIPv6: isIPv6) == 0x0123_4567_89AB_CDEF)
            #expect(EchoPacket.replyToken(packet[...], isIPv6: isIPv6) == nil)
            packet[0] = isIPv6 ? 129 : 0
            #expect(EchoPacket.replyToken(packet[...], isIPv6: isIPv6) == 0x0123_4567_89AB_CDEF)
            #expect(EchoPacket.replyToken(packet.prefix(15), isIPv6: isIPv6) == nil)
        }
    }

    @Test func `the IP header is left out whatever its length says`() {
        let packet = [UInt8(0x46)] + [UInt8](repeating: 9, count: 30)
        #expect(EchoPacket.withoutIPv4Header(packet[...]).count == 7)
        #expect(EchoPacket.withoutIPv4Header([0x4F, 1, 2]).isEmpty)
        #expect(EchoPacket.withoutIPv4Header([]).isEmpty)
        #expect(EchoPacket.withoutIPv4Header([0x66, 1]).isEmpty)
    }

    @Test func `a warning behind its critical limit is refused by name`() {
        var check = ICMPCheck()
        check.host = "localhost"
        check.lossWarningPercent = 90
        check.slowWarningMs = 2
        check.slowCriticalMs = 1
        let error = #expect(throws: RPCError.self) { try check.validate() }
        #expect(error?.fields.map(\.path) == ["loss_warning_percent", "slow_warning_ms"])
    }
}
