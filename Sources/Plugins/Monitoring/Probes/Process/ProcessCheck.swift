internal import OpsCore
internal import OpsJSONRPC
internal import OpsPattern

/// Counts processes of this machine and adds up what they take.
struct ProcessCheck: CheckKind {
    static let kind = "process"
    static let summary = "Counts processes of this machine and adds up what they take."

    @Param("The name of the program.", .present(.length(1...255)))
    var processName: String?
    @Param(
        "A regular expression that is found in the command line.", .present(.length(1...1000)),
        .example("java .*-jar /srv/app.jar"))
    var commandRegex: String?
    @Param("The user that the processes run as, by name or number.", .present(.length(1...64)))
    var user: String?
    @Param(
        "A file with the number of the process, by its full path.", .present(.length(1...4096)))
    var pidFile: String?
    @Param("How many processes there must be at least.", .range(0...1_000_000))
    var minProcesses = 1
    @Param("How many processes there may be at most.", .present(.range(0...1_000_000)))
    var maxProcesses: Int?
    @Param(
        "A warning when they take so many percent of one processor together.",
        .present(.atLeast(0)))
    var cpuWarningPercent: Double?
    @Param(
        "Critical when they take so many percent of one processor together.",
        .present(.atLeast(0)))
    var cpuCriticalPercent: Double?
    @Param("A warning when they hold so many bytes of memory together.", .present(.atLeast(1)))
    var memoryWarningBytes: Int?
    @Param("Critical when they hold so many bytes of memory together.", .present(.atLeast(1)))
    var memoryCriticalBytes: Int?
    @Param("A warning when they have so many threads together.", .present(.atLeast(1)))
    var threadsWarning: Int?
    @Param("Critical when they have so many threads together.", .present(.atLeast(1)))
    var threadsCritical: Int?
    @Param(
        "A warning when one of them was started less than that ago.", .present(.atLeast(1)))
    var minAgeMs: Int?
    @Param("A warning when one of them was started longer than that ago.", .present(.atLeast(1)))
    var maxAgeMs: Int?

    func validate() throws(RPCError) {
        try refuse(
            selectionProblems + countProblems
                + limits.cpuPercent.problems("cpu_warning_percent", "cpu_critical_percent")
                + limits.memory.problems("memory_warning_bytes", "memory_critical_bytes")
                + limits.threads.problems("threads_warning", "threads_critical"))
    }

    private var selectionProblems: [RPCError.FieldError] {
        var problems: [RPCError.FieldError] = []
        if processName == nil, commandRegex == nil, user == nil, pidFile == nil {
            problems.append(
                RPCError.FieldError(
                    path: "process_name",
                    reason: "is required without command_regex, user and pid_file"))
        }
        do throws(PatternError) {
            _ = try pattern
        } catch {
            problems.append(
                RPCError.FieldError(path: "command_regex", reason: "is no pattern: \(error)"))
        }
        if pidFile?.hasPrefix("/") == false {
            problems.append(RPCError.FieldError(path: "pid_file", reason: "must be a full path"))
        }
        return problems
    }

    private var countProblems: [RPCError.FieldError] {
        var problems: [RPCError.FieldError] = []
        if let maxProcesses, maxProcesses < minProcesses {
            problems.append(
                RPCError.FieldError(
                    path: "max_processes", reason: "must not be below min_processes"))
        }
        if let minAgeMs, let maxAgeMs, maxAgeMs < minAgeMs {
            problems.append(
                RPCError.FieldError(path: "max_age_ms", reason: "must not be below min_age_ms"))
        }
        return problems
    }

    private var pattern: Pattern? {
        get throws(PatternError) {
            guard let commandRegex else { return nil }
            return try Pattern(commandRegex)
        }
    }

    private var limits: ProcessLimits {
        ProcessLimits(
            count: minProcesses...max(maxProcesses ?? Int.max, minProcesses),
            cpuPercent: Limits(warning: cpuWarningPercent, critical: cpuCriticalPercent),
            memory: Limits(
                warning: memoryWarningBytes.map { Double($0) },
                critical: memoryCriticalBytes.map { Double($0) }),
            threads: Limits(
                warning: threadsWarning.map { Double($0) },
                critical: threadsCritical.map { Double($0) }),
            minAgeSeconds: minAgeMs.map { Double($0) / 1000 },
            maxAgeSeconds: maxAgeMs.map { Double($0) / 1000 })
    }

    func makeProbe(_ tools: ProbeTools) throws -> any Probe {
        let pattern = try pattern
        let name =
            processName ?? pattern.map { "/\($0.text)/" } ?? pidFile ?? user.map { "user \($0)" }
        return ProcessProbe(
            tools, name: processName, pattern: pattern, user: user, pidFile: pidFile,
            rules: ProcessRules(name: name ?? "", limits: limits))
    }
}
