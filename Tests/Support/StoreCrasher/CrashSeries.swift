import Glibc
import Logging
import OpsCore
import OpsJSONRPC

/// A series store that is busy in every way, for tests to kill.
///
/// Round `n` appends to each of eight series forty samples, one every 15 seconds from `start` plus
/// `n` times ten minutes on; the value is the number of the sample plus that of the series. As many
/// go to the series `old`, ten days earlier, so that pruning deletes them.
enum CrashSeries {
    static let series = 8
    static let samples: Int64 = 40
    static let tenDays: Int64 = 10 * 86_400_000

    static func run(_ store: Store, _ numbers: [Int64]) async throws {
        let (start, now, first) = (numbers[0], numbers[1], numbers[2])
        let loop = try EventLoop(name: "crasher")
        try loop.start()
        let series = Series(
            store: store, time: ManualTime(start: Instant(milliseconds: now)), loop: loop,
            logger: Logger(label: "crasher"))
        try await series.open()
        Task.detached {
            do {
                while true {
                    try await series.checkpoint()
                    try await series.merge()
                    _ = try await series.prune()
                }
            } catch {
                StoreCrasher.say("\(error)")
                exit(5)
            }
        }
        for round in first... {
            for number in 0..<Self.series {
                let handle = try series.handle("m\(number)")
                for sample in (round * Self.samples)..<((round + 1) * Self.samples) {
                    series.append(
                        handle, Double(sample + Int64(number)),
                        at: Instant(milliseconds: start + sample * 15_000))
                }
            }
            let old = try series.handle("old")
            for sample in (round * Self.samples)..<((round + 1) * Self.samples) {
                series.append(
                    old, Double(sample),
                    at: Instant(milliseconds: start - Self.tenDays + sample * 15_000))
            }
            try await series.flush()
            StoreCrasher.say("\(round)")
        }
    }
}
