import OpsJSONRPC

/// The commands that the program brings along, in the words that the daemon's would use.
enum BuiltInCommands {
    static let all: [Command] = [
        status, top, plot, follow, call, explain, pluginNew, pluginTest, narrowToken, showToken,
        help,
        pipe, completion, complete,
    ]

    private static let status = Command(
        ["status"], "Shows at a glance how everything is.", .builtIn(.status),
        parameters: [
            Parameter("exit_code", "Exit with 1 when there is a hard problem.", .boolean),
            Parameter("changes", "How many changes of state to show.", .integer, standard: 5),
        ],
        notes: ["Ends with 0 whatever it shows, unless --exit-code is given."])

    private static let top = Command(
        ["top"], "Shows the checks, the worst first, again and again.", .builtIn(.top),
        parameters: [
            Parameter("label", "Only checks with these labels, like site=ulm."),
            Parameter("type", "Only checks of this type."),
            Parameter("name", "Only checks whose names begin so."),
            Parameter("rows", "How many checks to show; as fit the terminal by default.", .integer),
        ],
        notes: [
            "Draws anew every 2 s, or as --watch says, until Ctrl-C; into a file or a pipe once."
        ])

    private static let plot = Command(
        ["metric", "plot"], "Draws a metric over time.", .builtIn(.plot),
        parameters: [
            Parameter("selector", "A metric, like 'host_load1' or 'check_state{check=\"web\"}'.")
                .positional(),
            Parameter("last", "How far back.", .duration, standard: 3_600_000),
            Parameter("from", "The first moment; instead of --last.", .instant),
            Parameter("to", "The last moment.", .instant),
            Parameter("step", "The time that one point stands for.", .duration),
            Parameter("aggregation", "How a step becomes a point.", aggregations, standard: "avg"),
            Parameter("warning", "Draw a line at this value.", .number),
            Parameter("critical", "Draw a line at this value.", .number),
            Parameter("height", "Rows of the chart.", .integer, standard: 12),
            Parameter("width", "Columns of the chart; the terminal's by default.", .integer),
            Parameter("ascii", "Only plain characters.", .boolean),
        ])

    private static let aggregations = ValueType.choice(
        ["avg", "min", "max", "sum", "count", "last", "rate"])

    private static let follow = Command(
        ["event", "follow"], "Prints events as they happen, until interrupted.", .builtIn(.follow),
        parameters: [
            Parameter("topics", "Only these, like check.*; all by default.", .list(.text))
                .positional(required: false),
            Parameter("from_seq", "Begin with this event instead of the next one.", .integer),
            Parameter("count", "End after so many events.", .integer),
        ])

    private static let call = Command(
        ["call"], "Calls a method by its name.", .builtIn(.call),
        parameters: [
            Parameter("method", "The method, like check.get.").positional(),
            Parameter("params", "name=value, typed by the schema, or name:=JSON.", .list(.text))
                .positional(required: false),
        ])

    private static let explain = Command(
        ["explain"], "Explains a method: parameters, result, errors.", .builtIn(.explain),
        parameters: [
            Parameter("method", "The method or command, like check.create.", .list(.text))
                .positional()
        ])

    private static let pluginNew = Command(
        ["plugin", "new"], "Begins a plugin that works as it is.", .builtIn(.pluginNew),
        parameters: [
            Parameter("name", "Its name; its methods begin with it.").positional(),
            Parameter(
                "lang", "What it is written in.",
                .choice(PluginLanguage.allCases.map(\.rawValue)), standard: "python"),
            Parameter("dir", "The folder in which its own is made.", standard: "."),
            Parameter(
                "opsloop",
                "For --lang swift, which needs it: the folder of OpsLoop's Swift package, or its "
                    + "address."),
        ])

    private static let pluginTest = Command(
        ["plugin", "test"], "Tries whether OpsLoop can work with a plugin.", .builtIn(.pluginTest),
        parameters: [
            Parameter("program", "The plugin's program.").positional(),
            Parameter("config", "Its configuration, as in plugins.json.", .json),
            Parameter("answers", "What its calls to OpsLoop are answered, by method.", .json),
            Parameter("only", "Only what has this in its name, after the first question."),
            Parameter("transcript", "Show what was said where something failed.", .boolean),
            Parameter("arguments", "The program's arguments.", .list(.text)).rest(),
        ],
        notes: [
            "Runs the program again and again, each time in an empty folder, and speaks to it as "
                + "opsloopd does. Its examples are executed; other methods that write are called "
                + "with dry_run only. Ends with 1 when something failed."
        ])

    static let help = Command(
        ["help"], "Explains a command, or lists the commands.", .builtIn(.help),
        parameters: [
            Parameter("words", "The command.", .list(.text)).positional(required: false)
        ])

    private static let pipe = Command(
        ["pipe"], "Reads one call per line and answers each with one line of JSON.",
        .builtIn(.pipe),
        notes: [
            "A line is a request object, {\"method\": \"check.get\", \"params\": {...}}, or a "
                + "method and its parameters as for `opsloop call`. "
                + "Ends with 6 when some lines failed, with 1 when all did."
        ])

    private static let narrowToken = Command(
        ["token", "narrow"], "Adds restrictions to a token, without asking the daemon.",
        .builtIn(.narrowToken),
        parameters: [
            tokenFile,
            Parameter("methods", "Only these methods, like check.list or check.*.", .list(.text)),
            Parameter(
                "effects", "Only methods with these effects.",
                .list(.choice(["read", "write", "destroy"]))),
            Parameter(
                "params",
                "Only calls whose parameters are so: name=text, name^start, n<9, n>1, name? or name!.",
                .list(.text)),
            Parameter("not_before", "Not before this time.", .instant),
            Parameter("not_after", "Not after this time, like +1h.", .instant),
            Parameter("rate", "Only so many calls in so many seconds, like 10/60."),
        ],
        notes: [
            "Prints the new token on standard output. The old one stays as it is; nobody can take "
                + "a restriction out of the new one again."
        ])

    private static let showToken = Command(
        ["token", "show"], "Explains what a token may do, without asking the daemon.",
        .builtIn(.showToken), parameters: [tokenFile],
        notes: [
            "Whether the token is genuine, and which role it acts in, only the daemon knows."
        ])

    private static let tokenFile = Parameter(
        "file", "The file that holds the token; - or nothing for standard input."
    ).positional(required: false)

    private static let completion = Command(
        ["completion"], "Prints the completion script of a shell.", .builtIn(.completion),
        parameters: [
            Parameter("shell", "The shell.", .choice(["bash", "zsh", "fish"])).positional()
        ])

    private static let complete = Command(
        ["__complete"], "Answers a shell.", .builtIn(.complete),
        parameters: [
            Parameter("line", "The line so far.", .list(.text)).positional(required: false)
        ])
}

extension Parameter {
    fileprivate init(
        _ name: String, _ help: String, _ type: ValueType = .text, standard: JSON? = nil
    ) {
        self.init(name, help, type)
        self.standard = standard
    }

    fileprivate func positional(required: Bool = true) -> Parameter {
        var copy = self
        copy.isPositional = true
        copy.isRequired = required
        return copy
    }

    fileprivate func rest() -> Parameter {
        var copy = self
        copy.takesRest = true
        return copy
    }
}
