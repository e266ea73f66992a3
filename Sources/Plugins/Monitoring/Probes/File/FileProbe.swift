internal import OpsCore

/// Looks at files on a worker thread, and for no longer than it was given.
struct FileProbe: Probe {
    private let tools: ProbeTools
    private let request: FileRequest
    private let rules: FileRules
    private let look: @Sendable (FileRequest) -> FileSnapshot

    /// Makes a probe; a test looks in another way.
    init(
        _ tools: ProbeTools, request: FileRequest, rules: FileRules,
        look: @escaping @Sendable (FileRequest) -> FileSnapshot = FileSurvey.look
    ) {
        self.tools = tools
        self.request = request
        self.rules = rules
        self.look = look
    }

    func run(timeout: Duration) async -> CheckResult {
        let start = tools.time.uptime()
        let snapshot = await snapshot(within: timeout)
        // Only now: what a look found that came too late has to be found again.
        if let places = snapshot.places { request.appended?.keep(places) }
        return rules.judge(
            snapshot, now: tools.time.now(),
            seconds: (tools.time.uptime() - start) / .seconds(1))
    }

    private func snapshot(within limit: Duration) async -> FileSnapshot {
        let start = tools.time.uptime()
        let (request, look, files) = (request, look, ProcFiles(root: tools.root))
        do {
            let mounts = try await tools.blocking(within: limit) {
                files.text("self/mountinfo") ?? ""
            }
            let pool = tools.files.pool(for: request.path, mounts: mounts ?? "")
            let left = limit - (tools.time.uptime() - start)
            let snapshot = try await tools.blocking(within: left, on: pool) { look(request) }
            return snapshot ?? FileSnapshot(obstacle: FileRules.silence)
        } catch {
            return FileSnapshot(obstacle: "\(error)")
        }
    }
}
