import Glibc

/// A real systemd, as the first process of namespaces of its own, with units of the test's.
final class TestSystemd {
    /// Whether this process may make such namespaces and has a systemd.
    static let isPossible =
        access("/lib/systemd/systemd", X_OK) == 0
        && (try? ServerProgram.run(
            ["unshare"] + namespaces + ["mount", "-t", "tmpfs", "tmpfs", "/run"])) != nil

    /// How to run a program beside it.
    let command: [String]
    private let program: ServerProgram

    init(_ folder: TemporaryFolder, _ units: [String: String]) throws {
        for (name, text) in units {
            try folder.write("units/\(name)", "[Unit]\nDefaultDependencies=no\n\(text)\n")
        }
        program = try ServerProgram(
            ["unshare"] + Self.namespaces + ["sh", "-e", "-c", Self.start, "sh", folder.path])
        command = [
            "nsenter", "--target", try Self.child(of: program.process), "--mount", "--pid",
        ]
        try waitUntilReady()
    }

    deinit {
        program.stop()
    }

    /// The number of the only child of a process, once it has one.
    private static func child(of process: pid_t) throws -> String {
        for _ in 0..<100_000 {
            let file = fopen("/proc/\(process)/task/\(process)/children", "r")
            guard let file else { break }
            defer { fclose(file) }
            var child: CInt = 0
            var text = [CChar](repeating: 0, count: 64)
            if fgets(&text, CInt(text.count), file) != nil { child = CInt(atoi(text)) }
            if child > 0 { return "\(child)" }
        }
        throw TemporaryFolder.Failure(what: "unshare started nothing", error: 0)
    }

    /// Asks until the last unit was started.
    private func waitUntilReady() throws {
        for _ in 0..<3000 {
            let question = command + ["systemctl", "--quiet", "is-active", "ready.target"]
            // It cannot be asked at first, and then it says no.
            if (try? ServerProgram.run(question)) != nil { return }
        }
        throw TemporaryFolder.Failure(what: "systemd is not ready", error: 0)
    }

    private static let namespaces = [
        "--net", "--mount", "--pid", "--cgroup", "--uts", "--ipc", "--fork", "--kill-child",
        "--mount-proc",
    ]
    private static let start = """
        mount -t tmpfs tmpfs /run
        mkdir -p /run/systemd/system
        cp "$1"/units/* /run/systemd/system/
        container=other exec /lib/systemd/systemd --system --unit=ready.target \
            --log-target=console --show-status=no --log-level=info
        """
}
