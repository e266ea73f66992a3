import OpsJSONRPC
import TestClient

/// A run of a program that has OpsLoop inside.
struct HostRun {
    let ending: ChildProgram.Ending
    let output: String
    let errors: String
    let folder: TemporaryFolder

    /// Runs a program to its end; `DATA` among the arguments stands for a data folder of its own.
    init(_ arguments: [String], environment: [String: String] = [:]) async throws {
        let folder = try TemporaryFolder()
        let data = folder.file("data")
        let program = try ChildProgram(
            arguments.map { $0 == "DATA" ? data : $0 },
            environment: Programs.environment(home: folder.path).merging(environment) { $1 },
            directory: folder.path, errors: folder.file("errors"))
        output = try await program.rest()
        ending = try await program.ending()
        errors = folder.read("errors")
        self.folder = folder
    }

    var lines: [String] { output.split(separator: "\n").map(String.init) }

    /// The program's last line, which is JSON.
    var report: JSON { (try? JSON.parse(lines.last ?? "")) ?? .null }
}
