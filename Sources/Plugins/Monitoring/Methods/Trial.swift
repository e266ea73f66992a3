internal import OpsCore
internal import OpsJSONRPC

/// What a definition finds when it is run once.
struct Trial: Codable, Sendable {
    /// One part of the run; the parts follow one another.
    struct Step: Codable, Sendable {
        var name: String
        var durationMs: Double
    }

    /// A value with its limits, as a Nagios plugin writes them.
    struct Value: Codable, Sendable {
        var label: String
        var value: Double?
        var unit: String?
        var warning: String?
        var critical: String?
        var min: Double?
        var max: Double?
    }

    /// A sample that would have been stored.
    struct Sample: Codable, Sendable {
        var name: String
        var labels: Labels
        var value: SampleValue
        /// When the exposition says that it was so.
        var at: Instant?
    }

    var type: String
    var state: CheckState
    var output: String
    var longOutput: String?
    var durationMs: Double
    var phases: [Step]
    var measurements: [Value]
    var metrics: [Sample]
    /// How many metrics there are, of which `metrics` holds the first.
    var metricCount: Int
}

/// A number, or what JSON has no number for: `NaN`, `+Inf`, `-Inf`.
struct SampleValue: Codable, Sendable, Schematic, Equatable {
    var number: Double

    static var schema: JSON.Object { ["type": ["number", "string"]] }

    init(_ number: Double) { self.number = number }

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let text = try? container.decode(String.self), let number = Double(text) {
            self.number = number
        } else {
            number = try container.decode(Double.self)
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch number {
        case _ where number.isNaN: try container.encode("NaN")
        case .infinity: try container.encode("+Inf")
        case -.infinity: try container.encode("-Inf")
        default: try container.encode(number)
        }
    }
}

extension Trial {
    /// - Parameters:
    ///   - check: The name that the metrics would have as their label.
    ///   - limit: How many metrics are shown.
    init(_ result: CheckResult, of definition: CheckDefinition, limit: Int) {
        type = definition.type
        state = result.state
        output = result.output
        longOutput = result.longOutput.isEmpty ? nil : result.longOutput
        durationMs = result.duration.trialMilliseconds
        let parts =
            result.phases.isEmpty ? [Phase(name: "run", duration: result.duration)] : result.phases
        phases = parts.map { Step(name: $0.name, durationMs: $0.duration.trialMilliseconds) }
        measurements = result.measurements.map(Value.init)
        let scraped = result.scrape?.samples ?? []
        metricCount = result.metrics.count + scraped.count
        metrics =
            result.metrics.prefix(limit).map { Sample($0, of: definition.name) }
            + scraped.prefix(max(0, limit - result.metrics.count))
            .map { Sample($0, of: definition.name) }
    }
}

extension Trial.Value {
    fileprivate init(_ measurement: Measurement) {
        label = measurement.label
        value = measurement.value.flatMap { $0.isFinite ? $0 : nil }
        unit = measurement.unit.isEmpty ? nil : measurement.unit
        warning = measurement.warning?.description
        critical = measurement.critical?.description
        min = measurement.min
        max = measurement.max
    }
}

extension Trial.Sample {
    fileprivate init(_ metric: Metric, of check: String) {
        name = metric.name
        labels = Labels(metric.labels.merging([ScrapeRules.checkLabel: check]) { $1 })
        value = SampleValue(metric.value)
    }

    fileprivate init(_ sample: Scrape.Sample, of check: String) {
        name = sample.series.key.name
        labels = Labels(sample.series.labels(of: check))
        value = SampleValue(sample.value)
        at = sample.timestamp.map { Instant(milliseconds: $0) }
    }
}

extension Duration {
    /// Milliseconds with microseconds behind the point.
    fileprivate var trialMilliseconds: Double { Double(nanoseconds / 1000) / 1000 }
}
