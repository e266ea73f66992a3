/// Decides when each check runs next: a value on a monotonic time line, so that a wall clock that
/// steps means nothing to it.
///
/// Every check owns a slot in its interval, found by hashing its number, and comes back to it: run
/// times are `slot + n * interval`, whatever happened before, so nothing drifts and nothing that
/// was spread ever gathers. Three things leave the grid for one run: the first look at a check,
/// which should not take an interval of a day; the retry of a soft state; a deadline that somebody
/// set. A check that comes more than an interval late runs once and skips what it missed.
struct CheckSchedule: Sendable {
    /// A check whose time has come.
    struct Due: Sendable, Equatable {
        var id: Int
        /// How long after its time the check was handed out.
        var lateness: Duration
    }

    /// Nanoseconds take half the memory of durations, and there are many entries.
    private struct Entry {
        private var intervalNs: Int64
        private var slotNs: Int64
        private var dueNs: Int64
        /// Distinguishes this entry's place in the heap from the ones it left behind.
        var ticket: UInt64 = 0
        var isRunning = false

        init(interval: Duration, slot: Duration, due: Duration) {
            intervalNs = interval.nanoseconds
            slotNs = slot.nanoseconds
            dueNs = due.nanoseconds
        }

        var interval: Duration { .nanoseconds(intervalNs) }
        var slot: Duration { .nanoseconds(slotNs) }
        var due: Duration {
            get { .nanoseconds(dueNs) }
            set { dueNs = newValue.nanoseconds }
        }
    }

    /// First looks follow each other by this much, unless a check's own slot comes sooner.
    ///
    /// It keeps a large set of checks that starts at once from bursting, while the handful of a
    /// small installation has a first result within a tenth of a second.
    static let firstLookGap = Duration.milliseconds(20)
    /// A timer may fire this much early; asking it again for less would be a busy loop.
    static let slack = Duration.milliseconds(1)

    private var entries: [Int: Entry] = [:]
    private var heap = DueHeap()
    private var tickets: UInt64 = 0
    private var nextFirstLook = Duration.zero

    /// The number of checks that are scheduled or running.
    var count: Int { entries.count }
    /// The number of places in the heap, those that were left behind included.
    var places: Int { heap.count }

    // MARK: - Checks come and go

    /// Schedules a check: a first look soon, then its slot in every interval.
    mutating func add(_ id: Int, every interval: Duration, now: Duration) {
        precondition(interval > .zero, "a check needs an interval to be scheduled")
        let slot = Self.slot(of: id, in: interval)
        let look = max(now, nextFirstLook)
        let due = Self.firstPoint(notBefore: now, slot: slot, interval: interval)
        if look < due { nextFirstLook = look + Self.firstLookGap }
        insert(id, Entry(interval: interval, slot: slot, due: min(look, due)))
    }

    /// Schedules a check for a moment of the caller's choosing.
    mutating func add(_ id: Int, every interval: Duration, firstAt due: Duration) {
        let slot = Self.slot(of: id, in: interval)
        insert(id, Entry(interval: interval, slot: slot, due: due))
    }

    /// Forgets a check; one that runs is not waited for.
    mutating func remove(_ id: Int) {
        entries[id] = nil
    }

    /// Moves a check's next run; one that runs keeps running and is due again then.
    mutating func postpone(_ id: Int, to due: Duration) {
        guard var entry = entries[id] else { return }
        entry.due = due
        entry.isRunning = false
        insert(id, entry)
    }

    // MARK: - Running

    /// The earliest time at which a check that is not running is due.
    var nextDue: Duration? {
        mutating get {
            dropStaleHeads()
            return heap.first?.due
        }
    }

    /// Hands out the checks whose time has come, the longest overdue first, at most `limit`.
    ///
    /// A check that was handed out comes back only after ``finish(_:now:retryAfter:)``.
    mutating func takeDue(at now: Duration, limit: Int) -> [Due] {
        var taken: [Due] = []
        while taken.count < limit, let due = nextDue, due <= now + Self.slack {
            guard let head = heap.removeFirst() else { break }
            entries[head.id]?.isRunning = true
            taken.append(Due(id: head.id, lateness: max(.zero, now - due)))
        }
        return taken
    }

    /// Whether a check was handed out and has not finished.
    func isRunning(_ id: Int) -> Bool {
        entries[id]?.isRunning ?? false
    }

    /// When a check runs next; nil when it is running or not scheduled.
    func due(_ id: Int) -> Duration? {
        guard let entry = entries[id], !entry.isRunning else { return nil }
        return entry.due
    }

    /// Takes a check back after its run and decides on the next one.
    ///
    /// - Parameter retry: The retry interval, when the result left the check in a soft state.
    mutating func finish(_ id: Int, now: Duration, retryAfter retry: Duration?) {
        guard var entry = entries[id], entry.isRunning else { return }
        entry.isRunning = false
        entry.due = Self.next(after: entry, now: now, retry: retry)
        insert(id, entry)
    }

    /// Takes a soft or recovered state into account that came from outside the schedule, such as
    /// `check.run`: a problem that was just seen is retried at its retry interval.
    mutating func hasten(_ id: Int, now: Duration, retryAfter retry: Duration) {
        guard var entry = entries[id], !entry.isRunning, entry.due > now + retry else { return }
        entry.due = now + retry
        insert(id, entry)
    }

    // MARK: - Points in time

    /// A check's place in its interval.
    ///
    /// Multiplying by the golden ratio (Fibonacci hashing) spreads consecutive numbers more evenly
    /// than a random hash could: with 5,000 checks every tenth of an interval holds a tenth of
    /// them within a few, where chance alone would be off by a seventh.
    static func slot(of id: Int, in interval: Duration) -> Duration {
        let hash = UInt64(bitPattern: Int64(id)) &* 0x9E37_79B9_7F4A_7C15
        return interval.scaled(by: Double(hash >> 11) * 0x1p-53)
    }

    /// The first point of a grid that is not before an instant.
    static func firstPoint(
        notBefore instant: Duration, slot: Duration, interval: Duration
    ) -> Duration {
        let (step, since) = (interval.nanoseconds, (instant - slot).nanoseconds)
        let rest = since % step
        let wait = rest > 0 ? step - rest : -rest
        return instant + .nanoseconds(wait)
    }

    private static func next(after entry: Entry, now: Duration, retry: Duration?) -> Duration {
        if let retry { return retryPoint(after: entry.due, every: retry, now: now) }
        // From its slot this is the slot after; from a retry it is the slot that is nearest to a
        // whole interval away.
        let planned = firstPoint(
            notBefore: entry.due + entry.interval / 2, slot: entry.slot, interval: entry.interval)
        if planned + entry.interval > now { return planned }
        return firstPoint(notBefore: now, slot: entry.slot, interval: entry.interval)
    }

    private static func retryPoint(
        after due: Duration, every retry: Duration, now: Duration
    ) -> Duration {
        let planned = due + retry
        if planned + retry > now { return planned }
        return firstPoint(notBefore: now, slot: planned, interval: retry)
    }

    // MARK: - The heap

    private mutating func insert(_ id: Int, _ entry: Entry) {
        var entry = entry
        tickets += 1
        entry.ticket = tickets
        entries[id] = entry
        heap.insert(DueHeap.Node(due: entry.due, ticket: entry.ticket, id: id))
        if heap.count > 2 * entries.count + Self.spareNodes { dropStaleNodes() }
    }

    /// A check that is moved again and again would otherwise leave a node each time.
    private mutating func dropStaleNodes() {
        heap.keep { entries[$0.id]?.ticket == $0.ticket }
    }

    private static let spareNodes = 64

    /// A check that was removed or moved leaves its old node in the heap; it is dropped here.
    private mutating func dropStaleHeads() {
        while let head = heap.first, entries[head.id]?.ticket != head.ticket {
            heap.removeFirst()
        }
    }
}
