import Testing

@testable import OpsCore

@Suite("LoopTimer", .timeLimit(.minutes(1)))
struct LoopTimerTests {
    @Test func `a timer fires once and not early`() async throws {
        try await withLoop { loop in
            let fired = Journal<ContinuousClock.Instant>()
            let start = ContinuousClock.now
            loop.execute {
                LoopTimer(on: loop).start(after: .milliseconds(20)) { fired.add(.now) }
            }
            let moments = await fired.first(1)
            #expect(moments[0] - start >= .milliseconds(20))
            await loop.fires(after: .milliseconds(30))
            #expect(fired.entries.count == 1)
        }
    }

    @Test func `a repeating timer does not drift`() async throws {
        try await withLoop { loop in
            let fired = Journal<ContinuousClock.Instant>()
            let start = ContinuousClock.now
            let timer = LoopTimer(on: loop)
            loop.execute {
                timer.start(after: .milliseconds(3), every: .milliseconds(3)) { fired.add(.now) }
            }
            let moments = await fired.first(20)
            #expect(moments[19] - start >= .milliseconds(60))
            for (one, next) in zip(moments, moments.dropFirst()) { #expect(one < next) }
            loop.execute { timer.cancel() }
        }
    }

    @Test func `a loop that was late fires once and not for every time it missed`() async throws {
        try await withLoop { loop in
            let fired = Journal<ContinuousClock.Instant>()
            let start = ContinuousClock.now
            let timer = LoopTimer(on: loop)
            loop.execute {
                timer.start(after: .milliseconds(5), every: .milliseconds(5)) {
                    fired.add(.now)
                    if fired.entries.count == 1 { spin(for: .milliseconds(50)) }
                }
            }
            // 5, 55 (late), and then 60, 65, 70, 75 at the earliest: none is made up for.
            let moments = await fired.first(6)
            #expect(moments[5] - start >= .milliseconds(70))
            loop.execute { timer.cancel() }
        }
    }

    @Test func `a timer that is cancelled inside its closure fires no more`() async throws {
        try await withLoop { loop in
            let fired = Journal<Void>()
            let timer = LoopTimer(on: loop)
            loop.execute {
                timer.start(after: .milliseconds(1), every: .milliseconds(1)) {
                    fired.add(())
                    timer.cancel()
                }
            }
            _ = await fired.first(1)
            await loop.fires(after: .milliseconds(10))
            #expect(fired.entries.count == 1)
        }
    }

    @Test func `a timer can be started anew inside its closure`() async throws {
        try await withLoop { loop in
            let fired = Journal<String>()
            let timer = LoopTimer(on: loop)
            loop.execute {
                timer.start(after: .milliseconds(1)) {
                    fired.add("first")
                    timer.start(after: .milliseconds(1)) { fired.add("second") }
                }
            }
            #expect(await fired.first(2) == ["first", "second"])
        }
    }

    @Test func `a cancelled timer does not fire even when it is due`() async throws {
        try await withLoop { loop in
            let fired = Journal<String>()
            loop.execute {
                let victim = LoopTimer(on: loop)
                LoopTimer(on: loop).start(after: .zero) {
                    fired.add("first")
                    victim.cancel()
                }
                victim.start(after: .zero) { fired.add("victim") }
            }
            await loop.fires(after: .milliseconds(10))
            #expect(fired.entries == ["first"])
        }
    }

    @Test func `a timer that nobody holds gives its handle back`() async throws {
        try await withLoop { loop in
            let before = try await loop.perform { loop.openHandles }
            for _ in 0..<100 {
                await loop.fires(after: .zero)
                LoopTimer(on: loop).cancelFromOutside()
            }
            // One turn for the close callbacks, one for those that the first turn began.
            await loop.fires(after: .milliseconds(1))
            let after = try await loop.perform { loop.openHandles }
            #expect(after <= before + 1)
        }
    }
}

extension EventLoop {
    /// Waits for a timer; what was due before has happened then.
    func fires(after delay: Duration) async {
        let fired = Promise<Void>()
        self.execute { LoopTimer(on: self).start(after: delay) { fired.keep() } }
        await fired.value
    }
}

extension LoopTimer {
    /// Starts and stops the timer and drops it away from the loop.
    fileprivate func cancelFromOutside() {
        self.loop.execute {
            self.start(after: .seconds(60)) {}
            self.cancel()
        }
    }
}
