internal import OpsCore
internal import OpsJSONRPC

/// Runs a program that follows the Nagios plugin rules.
struct ExecCheck: CheckKind {
    static let kind = "exec"
    static let summary = "Runs a Nagios-compatible program: exit code, output, performance data."

    @Param(
        "The program and its arguments; no shell is involved.", .rest, .notEmpty(),
        .example("/usr/lib/nagios/plugins/check_disk -w 10% -c 5% -p /"))
    var command: [String]
    @Param("The folder that the program starts in.", .present(.length(1...4096)))
    var directory: String?
    @Param(
        "Environment variables to add to PATH, HOME, LANG and TZ; kept secret, because they may hold "
            + "a token.", .secret)
    var environment: [String: String] = [:]

    func validate() throws(RPCError) {
        var problems: [RPCError.FieldError] = []
        if command.first?.isEmpty != false {
            problems.append(
                RPCError.FieldError(path: "command", reason: "must begin with a program"))
        }
        if command.contains(where: { $0.utf8.contains(0) }) {
            problems.append(RPCError.FieldError(path: "command", reason: "must not hold NUL"))
        }
        if directory?.hasPrefix("/") == false {
            problems.append(RPCError.FieldError(path: "directory", reason: "must be a full path"))
        }
        for (name, value) in environment.sorted(by: { $0.key < $1.key })
        where name.isEmpty || name.contains("=") || (name + value).utf8.contains(0) {
            problems.append(
                RPCError.FieldError(
                    path: "environment.\(name)", reason: "must be a name without = and NUL"))
        }
        try refuse(problems)
    }

    func makeProbe(_ tools: ProbeTools) -> any Probe {
        ExecProbe(
            tools, command: command, directory: directory,
            environment: ExecEnvironment.of(adding: environment))
    }
}
