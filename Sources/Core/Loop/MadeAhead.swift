import Glibc

/// Makes something of each element on the workers, ahead of whoever takes it in the order of the
/// elements: what is still to be written is worked out while what comes before it is being written.
///
/// Whoever takes never waits for a thread that has not begun: what nobody makes yet is made there and
/// then, so that a pool without a free thread only makes it slower.
///
/// `@unchecked Sendable`: `parts`, `nextToMake` and `nextToTake` are touched only while `monitor` is held.
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
    private let monitor = Monitor()
    private var parts: [Part]
    private var nextToMake = 0
    private var nextToTake = 0

    /// Begins to make things on a worker for each processor but one, which is for whoever takes them.
    ///
    /// - Parameter size: How many elements are one part.
    public init(
        _ elements: [Element], inPartsOf size: Int, on workers: WorkerPool,
        _ make: @escaping @Sendable (Element) -> Made
    ) {
        count = elements.count
        self.make = make
        parts = stride(from: 0, to: elements.count, by: size).map { start in
            .waiting(elements[start..<min(start + size, elements.count)])
        }
        for _ in 0..<min(parts.count, max(1, sysconf(CInt(_SC_NPROCESSORS_ONLN)) - 1)) {
            // A pool that refuses leaves it to whoever takes.
            _ = workers.start { while self.makeOne() {} }
        }
    }

    /// Takes the next part; nil after the last.
    public func next() -> [Made]? {
        let claim: (place: Int, elements: ArraySlice<Element>)? = monitor.locked {
            guard nextToTake < parts.count, case .waiting(let elements) = parts[nextToTake] else {
                return nil
            }
            parts[nextToTake] = .underWay
            return (nextToTake, elements)
        }
        if let claim { finish(claim.place, claim.elements.map(make)) }
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
    public func stop() { monitor.locked { nextToMake = parts.count } }

    /// Makes the next part that nobody makes.
    ///
    /// - Returns: Whether there was any.
    private func makeOne() -> Bool {
        let claim: (place: Int, elements: ArraySlice<Element>)? = monitor.locked {
            while nextToMake < parts.count {
                defer { nextToMake += 1 }
                guard case .waiting(let elements) = parts[nextToMake] else { continue }
                parts[nextToMake] = .underWay
                return (nextToMake, elements)
            }
            return nil
        }
        guard let claim else { return false }
        finish(claim.place, claim.elements.map(make))
        return true
    }

    private func finish(_ place: Int, _ made: [Made]) {
        monitor.locked {
            parts[place] = .made(made)
            monitor.wakeAll()
        }
    }
}
