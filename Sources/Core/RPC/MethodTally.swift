internal import CLibuv
internal import Synchronization

/// Counts the calls of one method: atomics only, since every call passes here.
final class MethodTally: Sendable {
    /// The first bucket holds what took less than 2^13 ns (8 µs), the last what took longer than
    /// 2^35 ns (34 s); each bound is twice the one before.
    private static let firstExponent = 13
    private static let bucketCount = 24

    private let errors = Atomic<UInt64>(0)
    private let nanoseconds = Atomic<UInt64>(0)
    private let buckets = TallyBuckets()

    /// A reading of the clock that calls are measured with.
    static func clock() -> UInt64 { uv_hrtime() }

    func add(since start: UInt64, isError: Bool) {
        add(nanoseconds: Self.clock() &- start, isError: isError)
    }

    func add(nanoseconds elapsed: UInt64, isError: Bool) {
        if isError { errors.add(1, ordering: .relaxed) }
        nanoseconds.wrappingAdd(elapsed, ordering: .relaxed)
        // A bound belongs to the bucket that it closes, hence one less.
        let exponent = UInt64.bitWidth - (elapsed &- 1).leadingZeroBitCount
        let index = min(max(exponent - Self.firstExponent, 0), Self.bucketCount - 1)
        buckets.add(to: elapsed == 0 ? 0 : index)
    }

    func statistics(of method: String) -> MethodStatistics {
        var total: UInt64 = 0
        let counted = (0..<Self.bucketCount).map { index in
            total += buckets[index]
            let bound = Double(UInt64(1) << UInt64(index + Self.firstExponent)) / 1e9
            return (le: index == Self.bucketCount - 1 ? .infinity : bound, count: total)
        }
        return MethodStatistics(
            method: method, calls: total, errors: errors.load(ordering: .relaxed),
            buckets: counted, sumSeconds: Double(nanoseconds.load(ordering: .relaxed)) / 1e9)
    }
}

/// The counters behind a tally, one word each.
private final class TallyBuckets: @unchecked Sendable {
    // @unchecked Sendable: the words are only ever touched atomically.
    private let words: UnsafeMutablePointer<Atomic<UInt64>>
    private static let count = 24

    init() {
        words = .allocate(capacity: Self.count)
        for index in 0..<Self.count { (words + index).initialize(to: Atomic(0)) }
    }

    deinit {
        words.deinitialize(count: Self.count)
        words.deallocate()
    }

    func add(to index: Int) { words[index].add(1, ordering: .relaxed) }

    subscript(index: Int) -> UInt64 { words[index].load(ordering: .relaxed) }
}
