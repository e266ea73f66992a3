public import OpsJSONRPC

/// Tries whether OpsLoop can work with a plugin: a list of cases, each on a fresh run of it.
///
/// The kit knows the wire and nothing else, so a plugin in any language, and one that runs in the
/// same process, is tried by the same cases.
public struct PluginKit {
    private let config: JSON
    private let answers: JSON.Object
    private let isBundled: Bool
    private let launch: (_ folder: String) throws -> any PluginEndpoint

    /// Makes a kit.
    ///
    /// - Parameters:
    ///   - config: What `plugins.json` would say under `config`.
    ///   - answers: What the plugin's calls to OpsLoop are answered, by method.
    ///   - isBundled: Whether its methods may begin with other words than its name.
    ///   - launch: Starts the plugin in a folder.
    public init(
        config: JSON = [:], answers: JSON.Object = [:], isBundled: Bool = false,
        launch: @escaping (_ folder: String) throws -> any PluginEndpoint
    ) {
        self.config = config
        self.answers = answers
        self.isBundled = isBundled
        self.launch = launch
    }

    /// Runs every case and hands each report on as soon as there is one.
    ///
    /// With `only`, those alone whose name contains the text, after the first.
    @discardableResult
    public func run(
        only text: String = "", _ report: (CaseReport) -> Void = { _ in }
    ) throws(KitError) -> [CaseReport] {
        var reports: [CaseReport] = []
        for (index, one) in KitCase.all.enumerated()
        where index == 0 || text.isEmpty || one.name.contains(text) {
            // Who does not answer the first question would let every other one wait for nothing.
            let isMute = reports.first?.outcome == .failed
            reports.append(isMute ? skipped(one) : try run(one))
            report(reports[reports.count - 1])
        }
        return reports
    }

    private func skipped(_ one: KitCase) -> CaseReport {
        CaseReport(
            name: one.name, outcome: .skipped, detail: "it does not say what it is",
            transcript: [], errors: [])
    }

    private func run(_ one: KitCase) throws(KitError) -> CaseReport {
        let bench = try Workbench(
            config: config, answers: answers, isBundled: isBundled, launch: launch)
        defer { bench.end() }
        do throws(KitError) {
            let verdict = try one.run(bench)
            if let complaint = bench.runs.lazy.flatMap(\.complaints).first {
                throw KitError("it wrote \(complaint)")
            }
            switch verdict {
            case .passed(let note): return self.report(one, .passed, note, bench)
            case .skipped(let reason): return self.report(one, .skipped, reason, bench)
            }
        } catch {
            return self.report(one, .failed, error.message, bench)
        }
    }

    private func report(
        _ one: KitCase, _ outcome: CaseReport.Outcome, _ detail: String?, _ bench: Workbench
    ) -> CaseReport {
        let said = outcome == .failed ? bench.runs.last?.endpoint.errors ?? "" : ""
        return CaseReport(
            name: one.name, outcome: outcome, detail: detail,
            transcript: bench.runs.flatMap(\.transcript),
            errors: said.split(separator: "\n").suffix(10).map(String.init))
    }
}
