import Testing

@testable import OpsCore

struct DeadlineTests {
    private let time = ManualTime()

    @Test func `work that finishes in time takes its timer back`() async throws {
        try await withLoop { loop in
            #expect(await Deadline.run(.seconds(1), on: loop, time) { await Task.yield() })
            #expect(time.timerCount == 0)
        }
    }

    @Test func `work that hangs is no longer waited for`() async throws {
        try await withLoop { loop in
            let (begun, release) = (Promise<Void>(), Promise<Void>())
            let time = time
            async let inTime = Deadline.run(.seconds(5), on: loop, time) {
                begun.keep()
                await release.value
            }
            await begun.value
            await time.advance(by: .seconds(5))
            #expect(await !inTime)
            release.keep()
        }
    }
}
