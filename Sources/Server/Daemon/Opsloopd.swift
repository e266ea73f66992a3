internal import ArgumentParser
internal import Glibc
internal import Logging
internal import OpsBundle
internal import OpsCore
internal import OpsPluginProgram
internal import OpsTransport

/// The daemon's command line.
@main
struct Opsloopd: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "opsloopd",
        abstract: "Runs OpsLoop: IT operations in one process.",
        discussion: """
            Answers JSON-RPC 2.0 on a Unix socket; `opsloop` is the client. SIGTERM and SIGINT stop \
            it cleanly, SIGHUP reads the configuration again. Exit status: 0 stopped cleanly, \
            1 could not start, 64 wrong arguments, 78 the configuration is wrong.
            """,
        version: opsloopVersion)

    @Option(help: ArgumentHelp("Which plugins run, and how.", valueName: "file"))
    var config = "plugins.json"

    @Option(help: ArgumentHelp("The folder that holds everything.", valueName: "folder"))
    var data = ".opsloop"

    @Option(
        help: ArgumentHelp(
            "The socket; opsloop.sock in the data folder by default.", valueName: "path"))
    var socket: String?

    @Option(help: "The least that is logged: trace, debug, info, notice, warning, error, critical.")
    var logLevel = "info"

    @Option(help: "How log lines look on standard error: text or json.")
    var logFormat = LogFormat.text

    @Flag(help: "Check the configuration, say what is wrong, and exit.")
    var checkConfig = false

    @Flag(help: .hidden)
    var printSettings = false

    @Option(
        help: ArgumentHelp(
            "Be a plugin instead: serve this bundled one on standard input and output.",
            valueName: "name"))
    var servePlugin: String?

    func validate() throws {
        guard Logger.Level(rawValue: logLevel) != nil else {
            throw ValidationError("'\(logLevel)' is no log level.")
        }
    }

    func run() async throws {
        if printSettings { return print(SettingsDocument.text) }
        if let servePlugin { try serve(servePlugin) }
        // Whatever the daemon and the programs of its checks create is their owner's alone.
        umask(0o077)
        let logger = makeLogger()
        // Before anything else that asks SQLite something.
        if !Store.disableMemoryStatistics() {
            logger.warning("SQLite keeps statistics of memory, so parallel reads are slower")
        }
        do {
            let file = ConfigurationFile(path: config)
            if checkConfig { return try await reportOn(file, logger) }
            try await Daemon(
                file: file, data: data, socket: socket ?? data + "/opsloop.sock", logger: logger
            ).run()
        } catch let error as PluginError where error.code != .startFailed {
            logger.critical("\(error)")
            throw ExitCode(EX_CONFIG)
        } catch {
            logger.critical("\(error)")
            throw ExitCode.failure
        }
    }

    private func serve(_ name: String) throws {
        guard let plugin = bundledPlugins.first(where: { $0.manifest.name == name }) else {
            let names = bundledPlugins.map { $0.manifest.name }.joined(separator: ", ")
            throw ValidationError("There is no bundled plugin '\(name)'; there are: \(names).")
        }
        umask(0o077)
        PluginProgram.run(plugin)
    }

    private func reportOn(_ file: ConfigurationFile, _ logger: Logger) async throws {
        let configuration = try file.read().platform
        let plan = try PluginPlan(
            available: bundledPlugins, configurations: configuration.plugins)
        try await PluginCheck.run(plan, version: opsloopVersion, logger: logger)
        let names = (plan.plugins.map(\.manifest.name) + plan.programs.map(\.name))
            .joined(separator: ", ")
        print("\(config): ok; plugins: \(names.isEmpty ? "none" : names)")
    }

    private func makeLogger() -> Logger {
        var logger = Logger(label: "opsloopd") { [logFormat] _ in LineLogHandler(format: logFormat)
        }
        logger.logLevel = Logger.Level(rawValue: logLevel) ?? .info
        return logger
    }
}
