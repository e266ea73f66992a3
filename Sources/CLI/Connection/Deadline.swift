/// A moment after which nobody waits any longer.
struct Deadline {
    private let end: Int?

    init(_ timeoutMs: Int?) {
        end = timeoutMs.map { Clock.uptime() + $0 }
    }

    var remainingMs: Int? {
        end.map { max(0, $0 - Clock.uptime()) }
    }

    var isOver: Bool { remainingMs == 0 }

    /// How long to wait at once, for `poll`: -1 waits for ever.
    func slice(_ tickMs: Int?) -> CInt {
        guard let shortest = [remainingMs, tickMs].compactMap({ $0 }).min() else { return -1 }
        return CInt(clamping: shortest)
    }
}
