internal import Glibc

/// The environment of a plugin: what programs need to work, and nothing of the daemon's that may be
/// secret.
enum ExecEnvironment {
    private static let inherited = ["HOME", "LANG", "LOGNAME", "PATH", "TMPDIR", "TZ", "USER"]

    /// Returns the environment with the given variables added.
    static func of(adding added: [String: String]) -> [String: String] {
        var environment = [
            // Numbers in performance data have a point, whatever the language of the machine. An
            // LC_ALL would override this, so it is not inherited.
            "LC_NUMERIC": "C",
            "PATH": "/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin",
        ]
        for name in inherited {
            if let value = getenv(name) { environment[name] = String(cString: value) }
        }
        return environment.merging(added) { $1 }
    }
}
