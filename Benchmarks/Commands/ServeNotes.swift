import ArgumentParser
import Glibc
import Logging
import OpsCore
import OpsJSONRPC
import OpsTransport

/// The note server's process.
struct ServeNotes: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve-notes", abstract: "Serves notes.", shouldDisplay: false)

    @Argument var socketPath: String
    @Argument var folder: String
    @Argument var maxConnections: Int

    func run() async throws {
        let logger = Logger(label: "notes") { _ in SwiftLogNoOpLogHandler() }
        let platform = try await Platform.start(
            Platform.Options(
                dataDirectory: folder,
                configuration: Configuration(plugins: [PluginConfiguration(name: "note")]),
                available: [NotePlugin.self], logger: logger, version: "bench"))
        var settings = ServerSettings()
        settings.maxConnections = maxConnections
        settings.maxConnectionsPerUser = maxConnections
        let server = try await SocketServer.start(
            platform, path: socketPath, settings: settings, logger: logger)
        // The benchmark that started us ends us; or it is gone, and so are we.
        while getppid() != 1 { try await Task.sleep(for: .seconds(1)) }
        await server.stop()
        await platform.stop()
    }
}
