/// The two texts in which metrics are exposed.
enum ExpositionFormat: Sendable {
    /// Prometheus' text exposition format 0.0.4; timestamps are milliseconds.
    case text
    /// OpenMetrics 1.0; timestamps are seconds, and `# EOF` ends it.
    case openMetrics

    /// What a scrape asks for, the best first.
    static let accept =
        "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.9,"
        + "application/openmetrics-text;version=0.0.1;q=0.75,"
        + "text/plain;version=0.0.4;escaping=allow-utf-8;q=0.5,*/*;q=0.1"

    /// Reads what an answer says of itself.
    ///
    /// Many exporters say nothing, or nothing true, about the text format; so does Prometheus take
    /// everything for it that is not OpenMetrics.
    init(contentType: String) {
        let type = contentType.prefix { $0 != ";" }.filter { $0 != " " }.lowercased()
        self = type == "application/openmetrics-text" ? .openMetrics : .text
    }
}
