import ArgumentParser

/// How many bytes a sample takes, beside what others take for the same.
struct Sizes: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Bytes a sample of a recording, beside Prometheus and VictoriaMetrics.",
        discussion: """
            The recording is loaded whole and thinned, as `replay` reads it. Everything counts: \
            names, labels, indexes, and in our case the rollups of a minute and of an hour. For \
            Prometheus it is what promtool makes of the samples, for VictoriaMetrics the folders \
            data and indexdb after a forced merge.
            """)

    @Argument(help: "The recording.") var file: String
    @Option(help: "Only every so manyth scrape, beside all of them.") var every = 15

    func validate() throws {
        guard every > 1 else { throw ValidationError("--every must be at least 2.") }
    }

    func run() async throws {
        for every in [1, every] { try await measure(Recording(path: file, every: every)) }
    }

    private func measure(_ recording: Recording) async throws {
        let workspace = try Workspace()
        let ours = try await Replay.load(recording, into: workspace.file("series"))
        let name = "size_every_\(recording.every)"
        Figure("\(name)_rollups", Double(ours.rollupBytes) / Double(ours.samples), "bytes/sample")
            .report()
        Figure(name, ours.sampleSize, "bytes/sample").report()
        let text = try OpenMetricsFile(workspace, "samples.txt")
        let samples = try recording.write(to: text)
        for (type, goal) in [
            (Prometheus.self, 0.6), (VictoriaMetrics.self, 1.0),
        ] as [(any MetricServer.Type, Double)] {
            guard let server = try type.start(workspace, loading: text.path) else {
                print("\(name)_\(type.name) is skipped: it is not installed")
                continue
            }
            defer { server.stop() }
            print("\(name)_\(type.name) is measured with: \(server.version)")
            let size = Double(try server.bytes()) / Double(samples)
            Figure("\(name)_\(type.name)", size, "bytes/sample").report()
            Figure(
                "\(name)_ratio_\(type.name)", ours.sampleSize / size, "of theirs", .atMost(goal)
            ).report()
        }
    }
}
