import Logging
import OpsCore
import OpsJSONRPC
import OpsTransport
import TestClient
import TestPlugins

/// A platform with a puppet, or another plugin, behind a real socket.
struct ServerFixture {
    let folder: TemporaryFolder
    let platform: Platform
    let server: SocketServer

    var socket: String { folder.file("s") }

    static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    /// Starts the server, runs `body` and stops everything.
    static func run(
        _ adjust: (inout ServerSettings) -> Void = { _ in },
        time: any TimeSource = SystemTime(), access: AccessSettings = AccessSettings(),
        offering plugin: any Plugin.Type = PuppetPlugin.self,
        _ body: (ServerFixture) async throws -> Void
    ) async throws {
        var settings = ServerSettings()
        adjust(&settings)
        let fixture = try await start(settings, time, access, plugin)
        do {
            try await body(fixture)
        } catch {
            await fixture.stop()
            throw error
        }
        await fixture.stop()
    }

    private static func start(
        _ settings: ServerSettings, _ time: any TimeSource, _ access: AccessSettings,
        _ plugin: any Plugin.Type
    ) async throws -> ServerFixture {
        let folder = try TemporaryFolder()
        let platform = try await Platform.start(
            Platform.Options(
                dataDirectory: folder.file("data"),
                configuration: Configuration(
                    access: access, plugins: [PluginConfiguration(name: plugin.manifest.name)]),
                available: [plugin], logger: logger, version: "test"))
        do {
            let server = try await SocketServer.start(
                platform, path: folder.file("s"), settings: settings, time: time, logger: logger)
            return ServerFixture(folder: folder, platform: platform, server: server)
        } catch {
            await platform.stop()
            throw error
        }
    }

    private func stop() async {
        _ = try? await platform.call("puppet.release")
        await server.stop()
        await platform.stop()
    }

    func connect() throws -> TestClient { try TestClient(socket) }

    /// The server's counters, as `system.stats` shows them.
    func counters() async throws -> JSON {
        try await platform.call("system.stats")["transports"]?["socket"] ?? .null
    }

    func counter(_ name: String) async throws -> Int {
        try await counters()[name]?.int ?? -1
    }

    /// Asks the server again and again until it shows what the test waits for.
    func until(_ name: String, _ isSo: (Int) -> Bool) async throws {
        let end = ContinuousClock.now + .seconds(TestClient.patience)
        while ContinuousClock.now < end {
            if isSo(try await counter(name)) { return }
        }
        throw TestFailure("\(name) is still \(try await counter(name))")
    }
}
