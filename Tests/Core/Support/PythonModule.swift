import Foundation

@testable import OpsCore

/// A package of the machine's python3, for second opinions where there is one.
enum PythonModule {
    static func isThere(_ name: String) -> Bool {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", "-c", "import \(name)"]
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }

    /// Runs a script with `input` on its standard input; answers what it complains about.
    static func run(_ script: String, input: String) async throws -> String {
        try await withLoop { loop in
            let result = await ChildProcess.run(
                ProcessRequest(
                    arguments: ["/usr/bin/env", "python3", "-c", script],
                    environment: ProcessInfo.processInfo.environment,
                    stdin: Array(input.utf8), timeout: .seconds(60)),
                on: loop)
            guard case .exited(0) = result.ending else {
                return "\(result.ending): \(String(decoding: result.stderr, as: UTF8.self))"
            }
            return ""
        }
    }
}
