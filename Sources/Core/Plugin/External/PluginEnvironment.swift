internal import Glibc

/// The environment of a plugin's program: nothing of the daemon's but what every program needs.
struct PluginEnvironment: Sendable {
    private static let inherited = ["PATH", "HOME", "LANG", "TZ"]
    private static let maxSecretBytes = 64 << 10

    let variables: [String: String]
    /// The values that are never to be shown.
    let secrets: [String]

    /// Reads the secret files, so not on the loop.
    init(_ entry: PluginConfiguration) throws(PluginError) {
        var variables = ["PATH": ProcessRequest.minimalEnvironment["PATH"] ?? ""]
        for name in Self.inherited {
            if let value = getenv(name) { variables[name] = String(cString: value) }
        }
        variables.merge(entry.environment) { $1 }
        var secrets: [String] = []
        for (name, path) in entry.environmentFiles {
            let secret = try Self.secret(name, path, of: entry.name)
            variables[name] = secret
            secrets.append(secret)
        }
        self.variables = variables
        self.secrets = secrets
    }

    /// The file's text without the line end that editors put there.
    private static func secret(
        _ name: String, _ path: String, of plugin: String
    ) throws(PluginError) -> String {
        guard let file = fopen(path, "re") else {
            throw problem(
                plugin, name, "\(path) can't be read: \(String(cString: strerror(errno)))")
        }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: maxSecretBytes + 1)
        let count = fread(&bytes, 1, bytes.count, file)
        guard count <= maxSecretBytes, !bytes[..<count].contains(0),
            var text = String(validating: bytes[..<count], as: UTF8.self)
        else {
            throw problem(plugin, name, "\(path) is no text of at most \(maxSecretBytes) bytes")
        }
        while text.last?.isNewline == true { text.removeLast() }
        return text
    }

    private static func problem(
        _ plugin: String, _ name: String, _ reason: String
    ) -> PluginError {
        PluginError(
            code: .badSettings, plugin: plugin, message: "env_from_files.\(name): \(reason)")
    }
}
