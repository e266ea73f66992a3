/// How much one check may bring.
struct ScrapeLimits: Sendable, Equatable {
    /// The samples of one scrape, after keep and drop.
    var samples = 50_000
    /// The different series of one hour.
    var series = 100_000
    var labels = 64
    var labelNameBytes = 200
    var labelValueBytes = 2000
}

extension ScrapeLimits {
    /// Says which limit a series breaks; nil when it breaks none.
    func complaint(about series: ExpositionSeries) -> String? {
        if series.labels.count > labels {
            return "\(series.name) has \(series.labels.count) labels, and label_limit is \(labels)"
        }
        for (name, value) in series.labels.sorted(by: { $0.key < $1.key }) {
            if name.utf8.count > labelNameBytes {
                return "\(series.name) has a label whose name has \(name.utf8.count) bytes"
                    + ", and label_name_length_limit is \(labelNameBytes)"
            }
            if value.utf8.count > labelValueBytes {
                return
                    "\(series.name) has a label \(name) whose value has \(value.utf8.count) bytes"
                    + ", and label_value_length_limit is \(labelValueBytes)"
            }
        }
        return nil
    }
}
