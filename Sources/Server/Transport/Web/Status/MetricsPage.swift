internal import OpsCore
internal import OpsJSONRPC

/// What OpsLoop tells about itself at `/metrics`.
struct MetricsPage {
    /// More numbers than that of one plugin are not shown.
    private static let maxPluginFigures = 200
    /// A plugin that does not answer by then is not waited for.
    private static let pluginPatienceMs = 1000

    private let platform: Platform
    private var text = OpenMetricsText()

    /// Collects everything and returns the text.
    static func text(of platform: Platform) async -> [UInt8] {
        var page = MetricsPage(platform: platform)
        await page.addProcess()
        page.addLoop()
        page.addStore()
        page.addEvents()
        page.addMethods()
        await page.addTransports()
        await page.addPlugins()
        await page.addPluginFigures()
        return page.text.finished
    }

    private init(platform: Platform) { self.platform = platform }

    // MARK: - The process

    private mutating func addProcess() async {
        let path = platform.store.path
        // Whoever waits for a worker in vain has an old page, not a wrong one.
        guard let process = try? await platform.loop.workers.run({ ProcessFigures(database: path) })
        else { return }
        text.add(
            "opsloop_process_cpu_seconds", .counter, unit: "seconds", "CPU time used.",
            process.cpuSeconds)
        text.add(
            "opsloop_process_open_descriptors", .gauge, "Open descriptors.",
            Double(process.openDescriptors))
        text.add(
            "opsloop_process_max_descriptors", .gauge, "Descriptors that may be open.",
            Double(process.maxDescriptors))
        text.begin("opsloop_store_file_size_bytes", .gauge, unit: "bytes", "Size of the database.")
        text.add(Double(process.databaseBytes), [("file", "database")])
        text.add(Double(process.journalBytes), [("file", "journal")])
    }

    private mutating func addLoop() {
        let lag = platform.loop.lag
        text.begin(
            "opsloop_loop_lag_seconds", .gauge, unit: "seconds",
            "How late the loop was in the last minute.")
        for (name, milliseconds) in [("median", lag.p50Ms), ("p99", lag.p99Ms), ("max", lag.maxMs)]
        {
            text.add(milliseconds / 1000, [("statistic", name)])
        }
    }

    // MARK: - The store

    private mutating func addStore() {
        let store = platform.store.statistics
        text.add(
            "opsloop_store_commits", .counter, "Transactions committed.", Double(store.commits))
        text.add(
            "opsloop_store_writes", .counter, "Writes committed; several share a commit.",
            Double(store.writes))
        text.add(
            "opsloop_store_rollbacks", .counter, "Writes that failed by themselves.",
            Double(store.rollbacks))
        text.add(
            "opsloop_store_failed_commits", .counter, "Transactions that failed as a whole.",
            Double(store.failedCommits))
        text.add(
            "opsloop_store_largest_batch_writes", .gauge, unit: "writes",
            "The most writes that shared a commit.", Double(store.largestBatch))
        text.add(
            "opsloop_store_queue_writes", .gauge, unit: "writes", "Writes that wait.",
            Double(store.queueLength))
        let series = platform.series.statistics
        text.add("opsloop_series", .gauge, "Series of metrics.", Double(series.series))
        text.add(
            "opsloop_series_samples", .counter, "Samples taken.", Double(series.samplesAppended))
        text.add(
            "opsloop_series_pending_samples", .gauge, unit: "samples",
            "Samples that no commit holds yet.", Double(series.samplesPending))
    }

    private mutating func addEvents() {
        text.add(
            "opsloop_events", .counter, "Events delivered.", Double(platform.events.publishedCount))
        text.add(
            "opsloop_event_last_sequence", .gauge, "The number of the last event.",
            Double(platform.events.lastSequence))
    }

    // MARK: - Calls

    private mutating func addMethods() {
        let methods = platform.registry.statistics.filter { $0.calls > 0 }
        text.begin("opsloop_calls", .counter, "Calls that are over.")
        for method in methods { text.add(Double(method.calls), [("method", method.method)]) }
        text.begin("opsloop_call_errors", .counter, "Calls that ended in an error.")
        for method in methods { text.add(Double(method.errors), [("method", method.method)]) }
        text.begin(
            "opsloop_call_duration_seconds", .histogram, unit: "seconds", "How long calls took.")
        for method in methods {
            text.add(
                buckets: method.buckets, sum: method.sumSeconds, [("method", method.method)])
        }
    }

    private mutating func addTransports() async {
        guard let stats = try? await platform.call("system.stats") else { return }
        text.add(
            "opsloop_process_resident_memory_bytes", .gauge, unit: "bytes", "Resident memory.",
            stats["rss_bytes"]?.double ?? 0)
        let transports = (stats["transports"]?.object ?? [:]).sorted { $0.key < $1.key }
        for (member, kind, unit, help) in Self.transportFigures {
            let name = "opsloop_transport_" + (unit.map { "\(member)_\($0)" } ?? member)
            text.begin(name, kind, unit: unit, help)
            let source = unit == "bytes" ? "\(unit ?? "")_\(member)" : member
            for (transport, figures) in transports {
                guard let value = (figures[source] ?? figures["\(member)_bytes"])?.double
                else { continue }
                text.add(value, [("transport", transport)])
            }
        }
    }

    private static let transportFigures:
        [(String, OpenMetricsText.Kind, unit: String?, help: String)] = [
            ("connections", .gauge, nil, "Open connections."),
            ("accepted", .counter, nil, "Connections accepted."),
            ("refused", .counter, nil, "Connections refused."),
            ("messages", .counter, nil, "Messages received."),
            ("requests", .counter, nil, "HTTP requests received."),
            ("refusals", .counter, nil, "HTTP requests refused."),
            ("timeouts", .counter, nil, "Connections that had their time."),
            ("closed_for_not_reading", .counter, nil, "Clients that did not read."),
            ("read", .counter, "bytes", "Bytes received."),
            ("written", .counter, "bytes", "Bytes sent."),
            ("queued", .gauge, "bytes", "Bytes that clients have not read yet."),
        ]

    // MARK: - Plugins

    private mutating func addPlugins() async {
        let statuses = await platform.plugins.statuses
        text.begin("opsloop_plugin_state", .stateset, "Where each plugin is in its life.")
        for plugin in statuses {
            for state in PluginHost.State.allCases {
                text.add(
                    plugin.state == state ? 1 : 0,
                    [("plugin", plugin.name), ("opsloop_plugin_state", state.rawValue)])
            }
        }
    }

    /// The numbers that plugins answer to their `stats` methods; all of them are asked at once, so that
    /// several that hang cost the patience for one.
    private mutating func addPluginFigures() async {
        let methods = platform.registry.declarations.filter { method, _ in
            method.name.hasSuffix(".stats") && method.name != "system.stats"
                && method.effect == .read && !method.fields.contains(where: \.isRequired)
        }
        let answers = await withTaskGroup(of: (Int, JSON).self) { [platform] group in
            for (index, (method, _)) in methods.enumerated() {
                group.addTask { (index, await Self.stats(method.name, platform)) }
            }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        text.begin("opsloop_plugin_figure", .gauge, "What a plugin counts, by the plugin's names.")
        for (index, (method, owner)) in methods.enumerated() {
            let numbers = Self.numbers(
                in: answers[index] ?? .null, named: String(method.name.dropLast(6)))
            for (name, value) in numbers.prefix(Self.maxPluginFigures) {
                text.add(value, [("plugin", owner), ("name", name)])
            }
        }
    }

    /// What a plugin answers; one that fails says so elsewhere.
    private static func stats(_ method: String, _ platform: Platform) async -> JSON {
        var meta = CallMeta()
        meta.timeoutMs = pluginPatienceMs
        return (try? await platform.dispatcher.call(method, nil, as: .system, meta: meta)) ?? .null
    }

    private static func numbers(in json: JSON, named name: String) -> [(
        name: String, value: Double
    )] {
        if let number = json.double, number.isFinite { return [(name, number)] }
        return (json.object ?? [:]).sorted { $0.key < $1.key }
            .flatMap { numbers(in: $0.value, named: "\(name).\($0.key)") }
    }
}
