import Testing

@testable import OpsCore

@Suite("Loop lag")
struct LagTests {
    private let second: UInt64 = 1_000_000_000

    @Test func `nothing measured is nothing late`() {
        var window = LagWindow()
        #expect(window.snapshot(at: 0) == LagSnapshot(p50Ms: 0, p99Ms: 0, maxMs: 0, samples: 0))
    }

    @Test func `quantiles are bounds of buckets and never above the maximum`() {
        var histogram = LagHistogram()
        for _ in 0..<98 { histogram.record(ms: 0.9) }
        for _ in 0..<2 { histogram.record(ms: 42) }
        #expect(histogram.snapshot.p50Ms == 1)
        #expect(histogram.snapshot.p99Ms == 42)
        #expect(histogram.snapshot.maxMs == 42)
    }

    @Test func `a delay beyond all buckets counts as the maximum`() {
        var histogram = LagHistogram()
        histogram.record(ms: 60_000)
        #expect(histogram.quantileMs(0.5) == 60_000)
    }

    @Test func `what is older than a minute is forgotten`() {
        var window = LagWindow()
        window.record(ms: 500, at: 5 * self.second)
        for now in stride(from: UInt64(10), through: 60, by: 10) {
            window.record(ms: 1, at: now * self.second)
        }
        #expect(window.snapshot(at: 60 * self.second).maxMs == 1)
        #expect(window.snapshot(at: 60 * self.second).samples == 6)
        #expect(window.snapshot(at: 300 * self.second).samples == 0)
    }
}
