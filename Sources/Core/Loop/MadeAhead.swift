import Glibc

/// Makes something of each element on the workers, ahead of whoever takes it in the order of the
/// elements: what is still to be written is worked out while what comes before it is being written.
///
/// Only one may take. It never waits for a thread that has not begun: what nobody makes yet is made there
/// and then, so that a pool without a free thread only makes it slower. No more is made ahead than a few
/// parts, however long whoever takes them needs.
///
/// `@unchecked Sendable`: all that changes is touched only while `monitor` is held.
public final class MadeAhead<Element: Sendable, Made: Sendable>: @unchecked Sendable {
    private enum Part {
        case waiting(ArraySlice<Element>)
        case underWay
        case made([Made])
        case taken
    }

    /// How many elements there are.
    public let count: Int
    private let make: @Sendable (Element) -> Made
    private let workers: WorkerPool
    /// One for each processor but that of whoever takes, and no more than there are parts to be ahead.
    private let mostWorking: Int
    private let monitor = Monitor()
    private var parts: [Part]
    private var nextToMake = 0
    private var nextToTake = 0
    private var working = 0
    private var isStopped = false

    /// How many parts lie ready at most: enough that nobody waits for them.
    private static var most: Int { 8 }

    /// Begins to make things on the workers.
    ///
    /// - Parameters:
    ///   - size: How many elements are one part.
    ///   - processors: How many there are; nil asks the machine.
    public init(
        _ elements: [Element], inPartsOf size: Int, on workers: WorkerPool,
        processors: Int? = nil, _ make: @escaping @Sendable (Element) -> Made
    ) {
        count = elements.count
        self.make = make
        self.workers = workers
        let others = (processors ?? sysconf(CInt(_SC_NPROCESSORS_ONLN))) - 1
        mostWorking = max(1, min(MadeAhead.most, others))
        parts = stride(from: 0, to: elements.count, by: size).map { start in
            .waiting(elements[start..<min(start + size, elements.count)])
        }
        callWorkers()
    }

    /// Whether there is anything left to take.
    public var hasNext: Bool { monitor.locked { nextToTake < parts.count } }

    /// Takes the next part; nil after the last.
    public func next() -> [Made]? {
        let claim: (place: Int, elements: ArraySlice<Element>)? = monitor.locked {
            guard nextToTake < parts.count else { return nil }
            return claimPart(at: nextToTake)
        }
        if let claim { finish(claim.place, claim.elements.map(make)) }
        defer { callWorkers() }
        return monitor.locked {
            guard nextToTake < parts.count else { return nil }
            defer {
                parts[nextToTake] = .taken
                nextToTake += 1
            }
            while true {
                if case .made(let made) = parts[nextToTake] { return made }
                monitor.wait()
            }
        }
    }

    /// Lets nothing more be made, since nobody takes it.
    public func stop() { monitor.locked { isStopped = true } }

    /// Calls as many workers as there is work for once half of what may lie ready was taken: they leave
    /// when all of it is.
    private func callWorkers() {
        let count = monitor.locked {
            let isLow = nextToMake - nextToTake <= Self.most / 2
            guard isLow, !isStopped, nextToMake < parts.count else { return 0 }
            let called = min(mostWorking, parts.count - nextToMake) - working
            working += max(called, 0)
            return called
        }
        guard count > 0 else { return }
        for _ in 0..<count {
            let refusal = workers.start { while self.makeOne() {} }
            // A pool that refuses leaves it to whoever takes.
            if refusal != nil { monitor.locked { working -= 1 } }
        }
    }

    /// Makes the next part that nobody makes.
    ///
    /// - Returns: Whether there was any.
    private func makeOne() -> Bool {
        let claim: (place: Int, elements: ArraySlice<Element>)? = monitor.locked {
            nextToMake = max(nextToMake, nextToTake)
            while !isStopped, nextToMake < min(parts.count, nextToTake + Self.most) {
                defer { nextToMake += 1 }
                if let claim = claimPart(at: nextToMake) { return claim }
            }
            working -= 1
            return nil
        }
        guard let claim else { return false }
        finish(claim.place, claim.elements.map(make))
        return true
    }

    /// Takes a part to be made, unless somebody else has; only while `monitor` is held.
    private func claimPart(at place: Int) -> (place: Int, elements: ArraySlice<Element>)? {
        guard case .waiting(let elements) = parts[place] else { return nil }
        parts[place] = .underWay
        return (place, elements)
    }

    private func finish(_ place: Int, _ made: [Made]) {
        monitor.locked {
            parts[place] = .made(made)
            monitor.wakeAll()
        }
    }
}
