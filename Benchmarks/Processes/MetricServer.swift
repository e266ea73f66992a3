import Glibc
import OpsJSONRPC

/// Somebody else's metric store, which is given samples as OpenMetrics text.
protocol MetricServer {
    /// What it is called in the figures.
    static var name: String { get }
    /// Loads a file and answers over HTTP afterwards; nil when it is not installed.
    static func start(_ workspace: Workspace, loading file: String) throws -> (any MetricServer)?
    /// The version of its package.
    var version: String { get }
    /// Where it listens.
    var port: Int { get }
    /// The bytes of what was loaded, its index included, once everything is merged.
    func bytes() throws -> Int
    var program: RunningProgram { get }
}

extension MetricServer {
    func stop() { program.stop() }

    /// Debian's VictoriaMetrics itself does not know its version.
    static func packageVersion(_ name: String) throws -> String {
        try Program(path: "dpkg-query").lines(
            ["--show", "--showformat=${Package} ${Version}\n", name]
        ).joined()
    }

    /// Asks an expression of PromQL over a range; answers seconds and how many points there were.
    func query(
        _ expression: String, from: Int64, to: Int64, step: Int
    ) throws -> (seconds: Double, points: Int) {
        let lines = try Program(path: "curl").lines([
            "--silent", "--show-error", "--fail", "--get",
            "--data-urlencode", "query=\(expression)", "--data", "start=\(from / 1000)",
            "--data", "end=\(to / 1000)", "--data", "step=\(step)", "--data", "nocache=1",
            "--write-out", "\n%{time_total}\n", "http://127.0.0.1:\(port)/api/v1/query_range",
        ])
        guard let text = lines.first, let seconds = lines.last.flatMap(Double.init),
            let series = try JSON.parse(text)["data"]?["result"]?.array
        else { throw BenchError("\(Self.name) gives no answer.") }
        return (seconds, series.reduce(0) { $0 + ($1["values"]?.array?.count ?? 0) })
    }

    func waitUntilReady(_ path: String) throws {
        let deadline = ContinuousClock.now + .seconds(60)
        while true {
            do {
                _ = try Program(path: "curl").lines([
                    "--silent", "--show-error", "--fail", "http://127.0.0.1:\(port)\(path)",
                ])
                return
            } catch {
                guard ContinuousClock.now < deadline else { throw error }
                usleep(50_000)
            }
        }
    }
}

/// Debian's Prometheus, with blocks that its own tool makes.
struct Prometheus: MetricServer {
    static let name = "prometheus"
    let version: String
    let port: Int
    let program: RunningProgram
    fileprivate let folder: String

    static func start(_ workspace: Workspace, loading file: String) throws -> (any MetricServer)? {
        guard Program.isInstalled("prometheus"), Program.isInstalled("promtool") else { return nil }
        let version = try packageVersion("prometheus")
        let folder = workspace.file("prometheus")
        _ = try Program(path: "promtool").lines([
            "tsdb", "create-blocks-from", "--max-block-duration=24h", "openmetrics", file, folder,
        ])
        let config = try workspace.write("", to: "prometheus.yml")
        let port = try WebServer.freePort()
        let log = open(workspace.file("prometheus.log"), O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        defer { close(log) }
        let program = try Program(path: "prometheus").start(
            [
                "--config.file=\(config)", "--storage.tsdb.path=\(folder)",
                "--storage.tsdb.retention.time=100y", "--web.listen-address=127.0.0.1:\(port)",
            ], Program.Streams(output: log, error: log))
        let server = Prometheus(
            version: version, port: port, program: program, folder: folder)
        try server.waitUntilReady("/-/ready")
        return server
    }

    func bytes() throws -> Int {
        // The blocks only: the log for samples to come belongs to no sample yet.
        try Folder.entries(of: folder).filter { access("\($0)/meta.json", F_OK) == 0 }
            .reduce(0) { $0 + (try Folder.bytes(of: $1)) }
    }
}

/// Debian's VictoriaMetrics.
struct VictoriaMetrics: MetricServer {
    static let name = "victoria_metrics"
    let version: String
    let port: Int
    let program: RunningProgram
    fileprivate let folder: String

    static func start(_ workspace: Workspace, loading file: String) throws -> (any MetricServer)? {
        guard Program.isInstalled("victoria-metrics") else { return nil }
        let version = try packageVersion("victoria-metrics")
        let folder = workspace.file("victoria-metrics")
        let port = try WebServer.freePort()
        let log = open(workspace.file("victoria.log"), O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        defer { close(log) }
        let program = try Program(path: "victoria-metrics").start(
            [
                "-storageDataPath=\(folder)", "-httpListenAddr=127.0.0.1:\(port)",
                "-retentionPeriod=100y",
            ], Program.Streams(output: log, error: log))
        let server = VictoriaMetrics(
            version: version, port: port, program: program, folder: folder)
        try server.waitUntilReady("/health")
        try server.load(file)
        return server
    }

    private func load(_ file: String) throws {
        try post("/api/v1/import/prometheus", ["--upload-file", file, "--request", "POST"])
        for path in ["/internal/force_flush", "/internal/force_merge"] { try post(path, []) }
    }

    private func post(_ path: String, _ arguments: [String]) throws {
        _ = try Program(path: "curl").lines(
            ["--silent", "--show-error", "--fail"] + arguments
                + ["http://127.0.0.1:\(port)\(path)"])
    }

    /// A merge runs in the background, so the size counts that stays for a while.
    func bytes() throws -> Int {
        try post("/internal/force_flush", [])
        try post("/internal/force_merge", [])
        var (size, since) = (0, ContinuousClock.now)
        while ContinuousClock.now - since < .seconds(5) {
            let found = try ["data", "indexdb"].reduce(0) {
                $0 + (try Folder.bytes(of: "\(folder)/\($1)"))
            }
            if found != size { (size, since) = (found, ContinuousClock.now) }
            usleep(200_000)
        }
        return size
    }
}
