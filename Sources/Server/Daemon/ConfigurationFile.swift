internal import Glibc
internal import OpsCore
internal import OpsJSONRPC
internal import OpsTransport
internal import OpsWeb

/// `plugins.json` on the disk.
struct ConfigurationFile: Sendable {
    let path: String

    /// Reads the file and validates it as far as the platform and the server go.
    ///
    /// - Throws: ``PluginError`` that names the file, the key and the value.
    func read() throws -> Contents {
        let platform = try Configuration(parsing: try text())
        let server = try Self.read(at: "server", of: platform) { json throws(RPCError) in
            try FieldSet(ServerSettings.self).decode(json)
        }
        let web = try Self.read(at: "server.http", of: platform) { _ throws(RPCError) in
            try WebConfiguration(server.http, limits: server)
        }
        return Contents(platform: platform, server: server, web: web)
    }

    /// What the file asks for.
    struct Contents {
        let platform: Configuration
        let server: ServerSettings
        let web: WebConfiguration
    }

    private static func read<T>(
        at path: String, of configuration: Configuration,
        _ body: (JSON) throws(RPCError) -> T
    ) throws -> T {
        do throws(RPCError) {
            return try body(configuration.server)
        } catch {
            let fields = error.fields.map {
                RPCError.FieldError(
                    path: $0.path.isEmpty ? path : "\(path).\($0.path)", reason: $0.reason)
            }
            let document: JSON = ["server": configuration.server]
            throw PluginError.badSettings("plugins.json", fields, in: document)
        }
    }

    private func text() throws -> String {
        guard let file = fopen(path, "re") else {
            let reason = String(cString: strerror(errno))
            throw PluginError(
                code: .badSettings, plugin: path,
                message: "can't be read: \(reason); --config names the file")
        }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = fread(&chunk, 1, chunk.count, file), count > 0 {
            bytes += chunk[..<count]
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw PluginError(code: .badSettings, plugin: path, message: "is not UTF-8 text")
        }
        return text
    }
}
