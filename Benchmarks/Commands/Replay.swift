import ArgumentParser

/// A recording of scrapes into a fresh metric store.
struct Replay: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Loads a recording of scrapes; prints samples, seconds and bytes.",
        discussion: """
            The recording holds a line `@ <unix milliseconds>` before each scrape, then the lines of \
            the text exposition format. A name that ends in .zst is read through the program zstd.

            replay_bytes is what the samples with their names, labels and indexes have added to the \
            folder: the length of all files at the end, closed, merged and rolled up, less that of \
            the same folder with an empty store, whose tables take a page each. replay_rollup_bytes \
            of these are rollups. replay_file_bytes is the whole folder. replay_sample_size is \
            replay_bytes for each sample.
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
        Figure("replay_rollup_bytes", Double(result.rollupBytes), "bytes").report()
        Figure("replay_file_bytes", Double(result.fileBytes), "bytes").report()
        Figure("replay_sample_size", result.sampleSize, "bytes/sample").report()
    }

    /// What a recording became.
    struct Result {
        let samples: Int
        /// From the first line to the closed file.
        let duration: Duration
        /// What an empty store did not have.
        let bytes: Int
        let rollupBytes: Int
        let fileBytes: Int
        var sampleSize: Double { Double(bytes) / Double(max(1, samples)) }
    }

    static func load(_ recording: Recording, into folder: String) async throws -> Result {
        let empty = try await SeriesBench(folder)
        await empty.close()
        let emptyBytes = try empty.bytes()
        let bench = try await SeriesBench(folder, isNew: false, time: TimeAhead())
        let start = ContinuousClock.now
        let (samples, rollupBytes): (Int, Int)
        do {
            samples = try await recording.replay(into: bench.series)
            try await bench.series.checkpoint()
            try await bench.series.merge()
            rollupBytes = try await bench.series.storage().rollupBytes
        } catch {
            await bench.close()
            throw error
        }
        await bench.close()
        let duration = ContinuousClock.now - start
        let bytes = try bench.bytes()
        return Result(
            samples: samples, duration: duration, bytes: bytes - emptyBytes,
            rollupBytes: rollupBytes, fileBytes: bytes)
    }
}
