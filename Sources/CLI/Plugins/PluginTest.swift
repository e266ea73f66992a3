import Glibc
import OpsJSONRPC
import OpsPluginKit

/// `opsloop plugin test`: tries whether OpsLoop can work with a plugin.
struct PluginTest {
    let params: JSON.Object
    let settings: Settings
    let out: Stream

    func run() throws -> ExitCode {
        let command = [try program()] + (params["arguments"]?.array?.compactMap(\.string) ?? [])
        let kit = PluginKit(
            config: params["config"] ?? [:], answers: params["answers"]?.object ?? [:]
        ) { folder in try PluginProcess(command, in: folder) }
        let reports: [CaseReport]
        do throws(KitError) {
            reports = try kit.run(only: params["only"]?.string ?? "") {
                if !settings.isStructured { show($0) }
            }
        } catch {
            throw Failure(exit: .server, kind: "kit", message: error.message)
        }
        summarize(reports)
        return reports.contains { $0.outcome == .failed } ? .server : .success
    }

    /// The program's full path, because it is started in a folder of its own.
    private func program() throws -> String {
        let path = params["program"]?.string ?? ""
        guard let full = realpath(path, nil) else {
            throw Failure.usage("there is no \(path): \(SystemError.text(errno))")
        }
        defer { free(full) }
        guard access(full, X_OK) == 0, !isFolder(full) else {
            throw Failure.usage(
                "\(path) is no program", hint: "if it is one, `chmod +x \(path)` says so")
        }
        return String(cString: full)
    }

    private func isFolder(_ path: UnsafePointer<CChar>) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    // MARK: - Showing

    private func show(_ report: CaseReport) {
        let (word, style): (String, Palette.Style) =
            switch report.outcome {
            case .passed: ("ok", .ok)
            case .failed: ("FAILED", .failure)
            case .skipped: ("skipped", .quiet)
            }
        let detail = report.detail.map { report.outcome == .failed ? "" : " (\($0))" } ?? ""
        let padded = word + String(repeating: " ", count: 8 - word.count)
        out.line(out.palette.paint(padded, style) + report.name.visibleLine + detail.visibleLine)
        guard report.outcome == .failed else { return }
        out.line("        \((report.detail ?? "").visibleLine)")
        for line in report.errors { out.line("        | \(line.visibleLine)") }
        if params["transcript"] == true {
            for line in report.transcript { out.line("        \(line.visibleLine)") }
        }
    }

    private func summarize(_ reports: [CaseReport]) {
        func count(_ outcome: CaseReport.Outcome) -> Int {
            reports.count { $0.outcome == outcome }
        }
        if settings.isStructured {
            let summary: JSON = [
                "cases": .array(reports.map(\.json)), "passed": .number(.init(count(.passed))),
                "failed": .number(.init(count(.failed))),
                "skipped": .number(.init(count(.skipped))),
            ]
            return out.line(settings.output == .jsonl ? summary.text : summary.prettyText)
        }
        out.line(
            "\(count(.passed)) passed, \(count(.failed)) failed, \(count(.skipped)) skipped")
    }
}
