import OpsJSONRPC
import Testing

@testable import OpsCore

struct ManualTimeTests {
    private let time = ManualTime(start: Instant(milliseconds: 1_000_000))

    @Test func `the clocks stand still until they are moved`() async {
        #expect(time.now().milliseconds == 1_000_000)
        #expect(time.uptime() == .zero)
        await time.advance(by: .seconds(2))
        #expect(time.now().milliseconds == 1_002_000)
        #expect(time.uptime() == .seconds(2))
    }

    @Test func `a step of the wall clock moves no timer`() async throws {
        try await withLoop { loop in
            let fired = Journal<Int>()
            _ = time.timer(on: loop, after: .seconds(5)) { fired.add(1) }
            time.stepWallClock(by: .seconds(60))
            await time.advance(by: .seconds(4))
            #expect(fired.entries.isEmpty)
            #expect(time.now().milliseconds == 1_064_000)
            await time.advance(by: .seconds(1))
            #expect(fired.entries == [1])
        }
    }

    @Test func `timers fire in the order in which they are due, at their times`() async throws {
        try await withLoop { loop in
            let fired = Journal<String>()
            let time = time
            for (name, delay) in [("c", 3), ("a", 1), ("b", 1)] {
                _ = time.timer(on: loop, after: .seconds(delay)) {
                    fired.add("\(name) at \(time.uptime().components.seconds) \(loop.isOnLoop)")
                }
            }
            await time.advance(by: .seconds(10))
            #expect(fired.entries == ["a at 1 true", "b at 1 true", "c at 3 true"])
            #expect(time.uptime() == .seconds(10))
        }
    }

    @Test func `a timer set by a timer fires within the same step`() async throws {
        try await withLoop { loop in
            let fired = Journal<Duration>()
            let time = time
            _ = time.timer(on: loop, after: .seconds(1)) {
                _ = time.timer(on: loop, after: .seconds(1)) { fired.add(time.uptime()) }
            }
            await time.advance(by: .seconds(5))
            #expect(fired.entries == [.seconds(2)])
        }
    }

    @Test func `a cancelled timer does not fire, not even when it is on its way`() async throws {
        try await withLoop { loop in
            let fired = Journal<Int>()
            let token = time.timer(on: loop, after: .seconds(1)) { fired.add(1) }
            token.cancel()
            let gate = Gate()
            let late = time.timer(on: loop, after: .seconds(2)) { fired.add(2) }
            // The loop is busy, takes the timer back, and only then comes to what fired meanwhile.
            loop.execute {
                gate.wait()
                late.cancel()
            }
            await gate.someoneWaits()
            async let advanced: Void = time.advance(by: .seconds(3))
            while time.timerCount > 0 { await Task.yield() }
            gate.open()
            await advanced
            #expect(fired.entries.isEmpty)
        }
    }

    @Test func `the machine's timers fire on the loop and can be taken back`() async throws {
        try await withLoop { loop in
            let time = SystemTime()
            let fired = Journal<String>()
            let token = time.timer(on: loop, after: .milliseconds(1)) { fired.add("never") }
            token.cancel()
            _ = time.timer(on: loop, after: .milliseconds(2)) { fired.add("\(loop.isOnLoop)") }
            #expect(await fired.first(1) == ["true"])
            #expect(time.uptime() > .zero)
            #expect(time.now() > Instant(milliseconds: 1_700_000_000_000))
        }
    }
}
