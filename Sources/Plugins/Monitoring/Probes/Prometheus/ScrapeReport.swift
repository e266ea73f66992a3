internal import OpsJSONRPC

/// Decides what a scrape means.
struct ScrapeReport: Sendable {
    /// Why nothing is stored.
    struct Failure: Error, Sendable, Equatable {
        var reason: String
        /// Whether the check could not look.
        var isOurs = false

        static func theirs(_ reason: String) -> Failure { Failure(reason: reason) }
        static func ours(_ reason: String) -> Failure { Failure(reason: reason, isOurs: true) }
        static func tooLong(_ limit: Int) -> Failure {
            theirs(
                "The scrape is refused: the answer is longer than \(Readable.bytes(Double(limit)))"
                    + ", the limit max_scrape_bytes")
        }
    }

    enum Outcome: Sendable, Equatable {
        case failed(Failure)
        case read(ScrapeReading)
    }

    var exchange: HTTPExchange
    var outcome: Outcome
    var at: Instant
    var duration = Duration.zero
    var readDuration = Duration.zero

    /// Why an answer is not even read; nil when it is to be read.
    static func refusal(of exchange: HTTPExchange, maxBytes: Int) -> Failure? {
        if let failure = exchange.failure {
            return Failure(reason: failure.reason, isOurs: failure.isOurs)
        }
        guard exchange.status == 200 else {
            return .theirs("HTTP \(exchange.status), expected 200")
        }
        if exchange.isCut { return .tooLong(maxBytes) }
        let encoding = exchange.header("content-encoding")?.lowercased() ?? "identity"
        guard ["gzip", "x-gzip", "identity"].contains(encoding) else {
            return .theirs("The answer is packed as \(encoding), which was not asked for")
        }
        return nil
    }

    /// - Parameters:
    ///   - labels: What the check's own series are labelled with.
    func result(labels: [String: String], maxBytes: Int) -> CheckResult {
        let reading = if case .read(let reading) = outcome { reading } else { ScrapeReading() }
        var result = CheckResult(state: .ok, output: "")
        (result.state, result.output) = verdict
        // What is bad beside what is missing is bad; less than that says nothing about the rest.
        result.isMissing =
            result.state != .critical && reading.findings.contains(where: \.isMissing)
        if result.isMissing { result.state = .unknown }
        result.duration = duration
        result.scrape = Scrape(at: at, samples: reading.samples)
        result.measurements = [
            Measurement(label: "samples", value: Double(reading.samples.count), min: 0),
            Measurement(label: "size", value: Double(exchange.size), unit: "B", min: 0),
        ]
        result.metrics = [
            Metric("scrape_duration_seconds", labels, duration / .seconds(1)),
            Metric("scrape_samples_scraped", labels, Double(reading.scraped)),
            Metric(
                "scrape_samples_post_metric_relabeling", labels,
                Double(
                    reading.samples.count + reading.repeated + reading.early + reading.late)),
        ]
        result.phases = exchange.timings.phases
        if exchange.failure == nil {
            result.phases.append(Phase(name: "parse", duration: readDuration))
        }
        return result
    }

    private var verdict: (CheckState, String) {
        switch outcome {
        case .failed(let failure):
            return (failure.isOurs ? .unknown : .critical, failure.reason)
        case .read(let reading):
            let summary =
                Readable.count(reading.samples.count, "sample")
                + " of \(reading.scraped) scraped, \(Readable.bytes(Double(exchange.size)))"
                + " in \(Readable.milliseconds(duration / .seconds(1)))"
            let remarks = remarks(on: reading)
            let problems =
                reading.findings.map { Problem($0.state, $0.words) }
                + remarks.map { Problem(.warning, $0) }
            guard !problems.isEmpty else { return (.ok, summary) }
            return (
                CheckState.worst(of: problems.map(\.state)),
                "\(summary): \(problems.map(\.text).joined(separator: "; "))"
            )
        }
    }

    private func remarks(on reading: ScrapeReading) -> [String] {
        var remarks: [String] = []
        if reading.repeated > 0 {
            remarks.append(
                "\(Readable.count(reading.repeated, "sample")) left out, whose series and time were "
                    + "there before, such as \(reading.firstRepeated ?? "")")
        }
        if reading.early > 0 {
            remarks.append(
                "\(Readable.count(reading.early, "sample")) left out, more than 10 minutes in the "
                    + "future")
        }
        if reading.late > 0 {
            remarks.append(
                "\(Readable.count(reading.late, "sample")) left out, more than a day in the past")
        }
        return remarks
    }
}
