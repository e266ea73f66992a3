internal import Logging
internal import OpsCore
internal import OpsTransport
internal import OpsWeb

/// The ways into the daemon: the Unix socket always, HTTP when the configuration lists an address.
struct Servers: Sendable {
    private let socket: SocketServer
    private let web: WebServer?

    /// Starts them; when one does not start, everything stops again.
    static func start(
        _ platform: Platform, at place: SocketFile, _ settings: ConfigurationFile.Contents,
        _ logger: Logger
    ) async throws -> Servers {
        do {
            let socket = try await SocketServer.start(
                platform, at: place, settings: settings.server, logger: logger)
            guard settings.web.isEnabled else { return Servers(socket: socket, web: nil) }
            do {
                let web = try await WebServer.start(platform, settings.web, logger: logger)
                let addresses = web.addresses.joined(separator: " ")
                logger.notice("HTTP answers", metadata: ["addresses": "\(addresses)"])
                return Servers(socket: socket, web: web)
            } catch {
                await socket.stop()
                throw error
            }
        } catch {
            await platform.stop()
            throw error
        }
    }

    func stop() async {
        await web?.stop()
        await socket.stop()
    }
}
