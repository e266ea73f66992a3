import OpsToken
import Testing

@testable import OpsCore

@Suite struct RateMeterTests {
    private func limit(_ text: String, _ seal: UInt8 = 1) throws -> RateMeter.Limit {
        RateMeter.Limit(rate: try #require(RateLimit(text)), seal: [seal])
    }

    @Test func `so many calls come through at once, and then one at a time`() throws {
        var meter = RateMeter()
        let limits = [try limit("3/60")]
        for _ in 0..<3 { #expect(meter.take(limits, of: "1", at: .zero) == .taken) }
        #expect(meter.take(limits, of: "1", at: .zero) == .wait(.seconds(20)))
        #expect(meter.take(limits, of: "1", at: .seconds(19)) == .wait(.seconds(1)))
        #expect(meter.take(limits, of: "1", at: .seconds(20)) == .taken)
        #expect(meter.take(limits, of: "1", at: .seconds(20)) == .wait(.seconds(20)))
    }

    @Test func `never more than twice as many as allowed in the time, whenever one looks`() throws {
        var meter = RateMeter()
        let limits = [try limit("10/10")]
        var taken: [Int] = []
        for tick in 0..<1000
        where meter.take(limits, of: "1", at: .milliseconds(tick * 50)) == .taken {
            taken.append(tick * 50)
        }
        for start in taken {
            #expect(taken.count { (start..<start + 10_000).contains($0) } <= 20)
        }
        #expect(taken.count == 59)
    }

    @Test func `a call that one limit refuses is not counted by the others`() throws {
        var meter = RateMeter()
        let (wide, narrow) = (try limit("5/10", 1), try limit("1/10", 2))
        #expect(meter.take([wide, narrow], of: "1", at: .zero) == .taken)
        for _ in 0..<9 {
            #expect(meter.take([wide, narrow], of: "1", at: .zero) == .wait(.seconds(10)))
        }
        for _ in 0..<4 { #expect(meter.take([wide], of: "1", at: .zero) == .taken) }
        #expect(meter.take([wide], of: "1", at: .zero) != .taken)
    }

    @Test func `new limits without end neither fill the memory nor reset old ones`() throws {
        var meter = RateMeter()
        let old = [try limit("1/1000")]
        #expect(meter.take(old, of: "1", at: .zero) == .taken)
        var refused = 0
        for number in 0..<2000 {
            let seal = [UInt8(number & 0xFF), UInt8(number >> 8), 9]
            let limit = RateMeter.Limit(rate: try #require(RateLimit("1/1000")), seal: seal)
            if meter.take([limit], of: "1", at: .zero) == .tooManyLimits { refused += 1 }
        }
        #expect(refused == 2001 - RateMeter.maxLimits)
        #expect(meter.take(old, of: "1", at: .seconds(1)) == .wait(.seconds(999)))
        // Others are not concerned, and old limits make room.
        #expect(meter.take(old, of: "2", at: .zero) == .taken)
        #expect(meter.take([try limit("1/1", 8)], of: "1", at: .seconds(1001)) == .taken)
    }
}
