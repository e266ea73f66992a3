import Testing

@testable import OpsMonitoring

@Suite struct CheckScheduleTests {
    let interval = Duration.seconds(10)

    @Test func `A check comes back to its slot without drift`() throws {
        var schedule = CheckSchedule()
        schedule.add(1, every: interval, now: .zero)
        _ = Self.runNext(&schedule)
        var times: [Duration] = []
        for _ in 0..<1000 {
            times.append(try #require(Self.runNext(&schedule, taking: .seconds(3))))
        }
        let steps = zip(times, times.dropFirst()).map { $1 - $0 }
        #expect(Set(steps) == [interval])
    }

    @Test func `The first look does not wait for the slot`() {
        var schedule = CheckSchedule()
        schedule.add(1, every: .seconds(86_400), now: .seconds(5))
        #expect(schedule.nextDue == .seconds(5))
    }

    @Test func `A check that is moved again and again takes no more room`() {
        var schedule = CheckSchedule()
        schedule.add(1, every: .seconds(86_400), firstAt: .seconds(86_400))
        schedule.add(2, every: interval, firstAt: .seconds(90_000))
        for second in 1...100_000 { schedule.postpone(1, to: .seconds(86_400 + second)) }
        #expect(schedule.places <= 100)
        #expect(schedule.takeDue(at: .seconds(90_000), limit: 9).map(\.id) == [2])
        #expect(schedule.nextDue == .seconds(186_400))
    }

    @Test func `A check that was never finished is not handed out again`() {
        var schedule = CheckSchedule()
        schedule.add(1, every: interval, now: .zero)
        #expect(schedule.takeDue(at: .zero, limit: 9).count == 1)
        #expect(schedule.takeDue(at: .seconds(100), limit: 9).isEmpty)
        #expect(schedule.isRunning(1))
    }

    @Test func `Five thousand checks are spread to within a fifth of the mean from the start`() {
        let starts = Self.starts(count: 5000, every: interval, for: .seconds(40))
        let mean = 5000.0 / 100
        for window in 0..<4 {
            let tenths = (0..<100).map { starts[window * 100 + $0] }
            #expect(Double(tenths.max() ?? 0) <= mean * 1.2, "interval \(window)")
        }
    }

    @Test func `Checks whose numbers have gaps are spread as well`() {
        for stride in [2, 3, 5, 7, 10, 100] {
            var tenths = [Int](repeating: 0, count: 10)
            for n in 1...5000 {
                let slot = CheckSchedule.slot(of: n * stride, in: interval)
                tenths[Int(slot / .seconds(1))] += 1
            }
            #expect(tenths.max() ?? 0 <= 600, "every \(stride)th number: \(tenths)")
        }
    }

    @Test func `A handful of checks has its first look at once`() {
        var schedule = CheckSchedule()
        for id in 1...10 { schedule.add(id, every: .seconds(60), now: .zero) }
        #expect(schedule.takeDue(at: .milliseconds(200), limit: 99).count == 10)
    }

    @Test func `A set that is added later does not gather either`() {
        var schedule = CheckSchedule()
        for id in 1...1000 { schedule.add(id, every: interval, now: .seconds(3)) }
        var tenths = [Int](repeating: 0, count: 300)
        Self.run(&schedule, from: .seconds(3), to: .seconds(20)) { at, _ in
            tenths[Int(at / .milliseconds(100))] += 1
        }
        for id in 1001...2000 { schedule.add(id, every: interval, now: .seconds(20)) }
        Self.run(&schedule, from: .seconds(20), to: .seconds(30)) { at, _ in
            tenths[Int(at / .milliseconds(100))] += 1
        }
        // 2,000 checks every 10 s are 20 in a tenth of a second; first looks add 5.
        #expect(tenths.max() ?? 0 <= 26)
    }

    @Test func `A soft state is retried after its retry interval and then returns to its slot`() {
        var schedule = CheckSchedule()
        schedule.add(7, every: .seconds(60), now: .zero)
        let slot = CheckSchedule.slot(of: 7, in: .seconds(60))
        _ = schedule.takeDue(at: .zero, limit: 1)
        schedule.finish(7, now: .milliseconds(80), retryAfter: .seconds(10))
        #expect(schedule.due(7) == .seconds(10))
        _ = schedule.takeDue(at: .seconds(10), limit: 1)
        schedule.finish(7, now: .milliseconds(10_080), retryAfter: nil)
        let due = schedule.due(7) ?? .zero
        #expect((due - slot).nanoseconds % Duration.seconds(60).nanoseconds == 0)
        #expect(due >= .seconds(40) && due < .seconds(100))
    }

    @Test func `A run that takes longer than the interval skips the slots it slept through`() {
        var schedule = CheckSchedule()
        schedule.add(1, every: interval, firstAt: CheckSchedule.slot(of: 1, in: interval))
        let slot = CheckSchedule.slot(of: 1, in: interval)
        _ = schedule.takeDue(at: slot, limit: 1)
        schedule.finish(1, now: slot + .seconds(35), retryAfter: nil)
        #expect(schedule.due(1) == slot + .seconds(40))
    }

    @Test func `A run that is late by less than an interval is made up for`() {
        var schedule = CheckSchedule()
        schedule.add(1, every: interval, firstAt: CheckSchedule.slot(of: 1, in: interval))
        let slot = CheckSchedule.slot(of: 1, in: interval)
        _ = schedule.takeDue(at: slot, limit: 1)
        schedule.finish(1, now: slot + .seconds(13), retryAfter: nil)
        #expect(schedule.due(1) == slot + interval)
    }

    @Test func `After a long sleep every check runs once and is spread again`() {
        var schedule = CheckSchedule()
        for id in 1...100 { schedule.add(id, every: interval, now: .zero) }
        Self.run(&schedule, from: .zero, to: .seconds(20)) { _, _ in }
        let woken = schedule.takeDue(at: .seconds(3600), limit: 1000)
        #expect(woken.count == 100)
        for due in woken { schedule.finish(due.id, now: .seconds(3600), retryAfter: nil) }
        #expect(schedule.takeDue(at: .seconds(3600), limit: 1000).count <= 1)
        #expect(schedule.takeDue(at: .seconds(3605), limit: 1000).count <= 52)
    }

    @Test func `The limit leaves the rest for later and the longest overdue come first`() {
        var schedule = CheckSchedule()
        for id in 1...5 { schedule.add(id, every: interval, firstAt: .seconds(id)) }
        #expect(schedule.takeDue(at: .seconds(9), limit: 2).map(\.id) == [1, 2])
        #expect(schedule.takeDue(at: .seconds(9), limit: 9).map(\.id) == [3, 4, 5])
    }

    @Test func `Lateness is measured from the moment a check was due`() {
        var schedule = CheckSchedule()
        schedule.add(1, every: interval, firstAt: .seconds(4))
        let taken = schedule.takeDue(at: .milliseconds(4250), limit: 1)
        #expect(taken == [CheckSchedule.Due(id: 1, lateness: .milliseconds(250))])
    }

    @Test func `A removed check is forgotten even while it runs`() {
        var schedule = CheckSchedule()
        schedule.add(1, every: interval, now: .zero)
        _ = schedule.takeDue(at: .zero, limit: 1)
        schedule.remove(1)
        schedule.finish(1, now: .seconds(1), retryAfter: nil)
        #expect(schedule.nextDue == nil)
        #expect(schedule.count == 0)
    }

    @Test func `A postponed deadline replaces the one before`() {
        var schedule = CheckSchedule()
        schedule.add(1, every: interval, firstAt: .seconds(5))
        schedule.postpone(1, to: .seconds(50))
        #expect(schedule.takeDue(at: .seconds(49), limit: 1).isEmpty)
        #expect(schedule.takeDue(at: .seconds(50), limit: 1).count == 1)
    }

    @Test func `A problem that was found by hand is retried soon`() {
        var schedule = CheckSchedule()
        schedule.add(1, every: .seconds(600), firstAt: .seconds(600))
        schedule.hasten(1, now: .seconds(20), retryAfter: .seconds(10))
        #expect(schedule.due(1) == .seconds(30))
        schedule.hasten(1, now: .seconds(25), retryAfter: .seconds(10))
        #expect(schedule.due(1) == .seconds(30))
    }

    // MARK: - Running the value by hand

    /// Runs the next due check for a while and answers when it started.
    static func runNext(
        _ schedule: inout CheckSchedule, taking length: Duration = .zero
    ) -> Duration? {
        guard let due = schedule.nextDue, let taken = schedule.takeDue(at: due, limit: 1).first
        else { return nil }
        schedule.finish(taken.id, now: due + length, retryAfter: nil)
        return due
    }

    /// Runs everything that becomes due in a stretch of time; every run takes no time.
    static func run(
        _ schedule: inout CheckSchedule, from start: Duration, to end: Duration,
        _ started: (Duration, Int) -> Void
    ) {
        while let due = schedule.nextDue, due < end {
            for taken in schedule.takeDue(at: max(due, start), limit: .max) {
                started(max(due, start), taken.id)
                schedule.finish(taken.id, now: due, retryAfter: nil)
            }
        }
    }

    /// How many checks start in every tenth of a second.
    static func starts(count: Int, every interval: Duration, for length: Duration) -> [Int] {
        var schedule = CheckSchedule()
        for id in 1...count { schedule.add(id, every: interval, now: .zero) }
        var tenths = [Int](repeating: 0, count: Int(length / .milliseconds(100)))
        run(&schedule, from: .zero, to: length) { at, _ in
            tenths[Int(at / .milliseconds(100))] += 1
        }
        return tenths
    }
}
