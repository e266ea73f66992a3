import Logging
import OpsCore
import OpsJSONRPC
import OpsTransport
import OpsWeb
import TestClient
import TestPlugins

/// A platform with a puppet behind a web server, and a token that may do everything.
struct WebFixture {
    let folder: TemporaryFolder
    let platform: Platform
    let server: WebServer
    let token: String
    let time: any TimeSource

    /// Starts the server, runs `body` and stops everything.
    static func run(
        _ settings: JSON.Object = [:], limits adjust: (inout ServerSettings) -> Void = { _ in },
        time: any TimeSource = SystemTime(), platformTime: any TimeSource = SystemTime(),
        in folder: TemporaryFolder? = nil,
        _ body: (WebFixture) async throws -> Void
    ) async throws {
        var limits = ServerSettings()
        adjust(&limits)
        let fixture = try await start(
            settings, limits, time, platformTime, try folder ?? TemporaryFolder())
        do {
            try await body(fixture)
        } catch {
            await fixture.stop()
            throw error
        }
        await fixture.stop()
    }

    private static func start(
        _ settings: JSON.Object, _ limits: ServerSettings, _ time: any TimeSource,
        _ platformTime: any TimeSource, _ folder: TemporaryFolder
    ) async throws -> WebFixture {
        var settings = settings
        if settings["listen"] == nil { settings["listen"] = ["127.0.0.1:0"] }
        let configuration = try WebConfiguration(.object(settings), limits: limits)
        let platform = try await Platform.start(
            Platform.Options(
                dataDirectory: folder.file("data"),
                configuration: Configuration(plugins: [
                    PluginConfiguration(name: "puppet"), PluginConfiguration(name: "webhook"),
                ]),
                available: [PuppetPlugin.self, WebhookPlugin.self], time: platformTime,
                logger: ServerFixture.logger, version: "test"))
        do {
            let server = try await WebServer.start(
                platform, configuration, time: time, logger: ServerFixture.logger)
            let token = try await makeToken(["name": "test", "role": "admin"], on: platform)
            return WebFixture(
                folder: folder, platform: platform, server: server, token: token, time: time)
        } catch {
            await platform.stop()
            throw error
        }
    }

    private static func makeToken(
        _ params: JSON.Object, on platform: Platform
    ) async throws -> String {
        let created = try await platform.call("token.create", .object(params))
        guard let token = created["token"]?.string else { throw TestFailure("no token") }
        return token
    }

    func makeToken(_ params: JSON.Object) async throws -> String {
        try await Self.makeToken(params, on: platform)
    }

    private func stop() async {
        _ = try? await platform.call("puppet.release")
        await server.stop()
        await platform.stop()
    }

    /// The port that the system has chosen.
    var port: Int { Int(server.addresses[0].split(separator: ":").last ?? "") ?? 0 }

    func connect(receiveBytes: Int? = nil) throws -> RawClient {
        try RawClient(port: port, receiveBytes: receiveBytes)
    }

    // MARK: - Requests

    /// The text of a request with the token, as a good client sends it.
    func post(
        _ body: String, path: String = "/rpc", headers: String = "", token: String? = nil
    ) -> String {
        """
        POST \(path) HTTP/1.1\r
        Host: 127.0.0.1\r
        Authorization: Bearer \(token ?? self.token)\r
        Content-Type: application/json\r
        \(headers)Content-Length: \(body.utf8.count)\r
        \r
        \(body)
        """
    }

    func get(_ path: String, headers: String = "") -> String {
        "GET \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\n\(headers)\r\n"
    }

    var authorization: String { "Authorization: Bearer \(token)\r\n" }

    /// Sends a request on a connection of its own and returns the answer.
    func ask(_ request: String) async throws -> HTTPReply {
        let client = try connect()
        try await client.send(request)
        guard let reply = try await client.answer() else { throw TestFailure("no answer") }
        return reply
    }

    /// Whether the server still answers somebody else.
    func expectAlive() async throws {
        let reply = try await ask(post(Self.ping))
        guard reply.json["result"] == ["pong": true] else { throw TestFailure(reply.body) }
    }

    static let ping = #"{"jsonrpc":"2.0","id":1,"method":"system.ping"}"#

    // MARK: - Counters

    func counter(_ name: String) async throws -> Int {
        try await platform.call("system.stats")["transports"]?["http"]?[name]?.int ?? -1
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
