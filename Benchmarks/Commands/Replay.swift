import ArgumentParser

/// A recording of scrapes into a fresh metric store.
struct Replay: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Loads a recording of scrapes; prints samples, seconds and bytes.",
        discussion: """
            The recording holds a line `@ <unix milliseconds>` before each scrape, then the lines of \
            the text exposition format. A name that ends in .zst is read through the program zstd.
            """)

    @Argument(help: "The recording.") var file: String
    @Argument(help: "The folder to write to; it must be new or empty.") var folder: String
    @Option(help: "Only every so manyth scrape.") var every = 1

    func validate() throws {
        guard every > 0 else { throw ValidationError("--every must be at least 1.") }
    }

    func run() async throws {
        let result = try await Self.load(Recording(path: file, every: every), into: folder)
        Figure("replay_samples", Double(result.samples), "samples").report()
        Figure("replay_seconds", result.duration.inSeconds, "s").report()
        Figure("replay_bytes", Double(result.bytes), "bytes").report()
        Figure("replay_sample_size", result.sampleSize, "bytes/sample").report()
    }

    /// What a recording became.
    struct Result {
        let samples: Int
        /// From the first line to the closed file.
        let duration: Duration
        let bytes: Int
        var sampleSize: Double { Double(bytes) / Double(max(1, samples)) }
    }

    static func load(_ recording: Recording, into folder: String) async throws -> Result {
        let bench = try await SeriesBench(folder)
        let start = ContinuousClock.now
        let samples: Int
        do {
            samples = try await recording.replay(into: bench.series)
        } catch {
            await bench.close()
            throw error
        }
        await bench.close()
        let duration = ContinuousClock.now - start
        return Result(samples: samples, duration: duration, bytes: try bench.bytes())
    }
}
