import OpsJSONRPC

/// Makes the gauges of this machine out of its metrics; what is missing is left out.
struct HostGauges {
    static let spanMs: Int64 = 3_600_000
    static let columns = 24

    var now: Instant
    var processors: Int

    private static let mostDisks = 3

    func gauges(
        cpu: [MetricSeries], memory: [MetricSeries], disk: [MetricSeries], load: [MetricSeries]
    ) -> [Gauge] {
        [self.cpu(cpu), self.memory(memory), self.load(load)].compactMap { $0 } + disks(disk)
    }

    private func cpu(_ series: [MetricSeries]) -> Gauge? {
        guard let busy = busy(series), let ratio = busy.last else { return nil }
        return gauge("cpu", busy, ratio, Figures.percent(ratio))
    }

    /// All that is not idle; waiting for a disk is idle too.
    private func busy(_ series: [MetricSeries]) -> MetricSeries? {
        if let idle = series.first(where: { $0.labels["mode"] == "idle" }) {
            let waiting = series.first { $0.labels["mode"] == "iowait" }
            let rest = waiting.map { idle.combined(with: $0, +) } ?? idle
            return rest.mapped { max(0, 1 - $0) }
        }
        let modes = series.filter { $0.labels["mode"] != "iowait" }
        guard let first = modes.first else { return nil }
        return modes.dropFirst().reduce(first) { $0.combined(with: $1, +) }
    }

    private func memory(_ series: [MetricSeries]) -> Gauge? {
        fullness("memory", series)
    }

    private func disks(_ series: [MetricSeries]) -> [Gauge] {
        let mounts = Dictionary(grouping: series) { $0.labels["mount"] ?? "/" }
        let gauges = mounts.compactMap { fullness($0.key, $0.value) }
        let worst = gauges.sorted { ($0.ratio, $1.name) > ($1.ratio, $0.name) }
        return Array(worst.prefix(Self.mostDisks))
    }

    /// What is used of a total, from whichever kinds were measured.
    private func fullness(_ name: String, _ series: [MetricSeries]) -> Gauge? {
        func kind(_ names: String...) -> MetricSeries? {
            names.lazy.compactMap { name in series.first { $0.labels["kind"] == name } }.first
        }
        let free = kind("available", "free")
        // A file system keeps a part for root, so full is where nothing is available, as df has it.
        let usable = kind("used").flatMap { used in free.map { used.combined(with: $0, +) } }
        guard let total = usable ?? kind("total", "size"), let size = total.last, size > 0,
            let used = kind("used") ?? free.map({ total.combined(with: $0, -) }),
            let amount = used.last
        else { return nil }
        let detail = "\(Figures.bytes(amount)) of \(Figures.bytes(size))"
        let ratio = amount / size
        return gauge(name, used.mapped { $0 / size }, ratio, Figures.percent(ratio), detail)
    }

    private func load(_ series: [MetricSeries]) -> Gauge? {
        guard let load = series.first, let value = load.last else { return nil }
        let most = Double(max(1, processors))
        let detail = processors == 1 ? "1 processor" : "\(processors) processors"
        return gauge(
            "load", load.mapped { $0 / most }, value / most, Figures.fixed(value, 2), detail)
    }

    private func gauge(
        _ name: String, _ series: MetricSeries, _ ratio: Double, _ value: String,
        _ detail: String = ""
    ) -> Gauge {
        let end = now.milliseconds
        return Gauge(
            name: name, ratio: ratio, value: value, detail: detail,
            history: series.columns(Self.columns, from: end - Self.spanMs, to: end))
    }
}

extension MetricSeries {
    fileprivate func mapped(_ formula: (Double) -> Double) -> MetricSeries {
        var copy = self
        copy.points = points.map { Point(at: $0.at, value: formula($0.value)) }
        return copy
    }
}
