internal import Glibc

/// The file of a plugin's program.
struct ProgramFile {
    private let entry: PluginConfiguration
    private let path: String

    init(_ entry: PluginConfiguration, path: String) {
        self.entry = entry
        self.path = path
    }

    /// Refuses a program whose file is not the one that the entry means.
    ///
    /// Reads the file, so not on the loop.
    func check() throws(PluginError) {
        guard let expected = entry.sha256 else { return }
        guard let file = located else {
            throw .startFailed(entry.name, "there is no program \(entry.exec?.first ?? "")")
        }
        let found = try hash(of: file)
        guard found == expected else {
            throw PluginError(
                code: .badSettings, plugin: entry.name,
                message: "sha256: \(file) has \(found), not \(expected)")
        }
    }

    /// The file that the system would run; nil when there is none.
    private var located: String? {
        guard let program = entry.exec?.first else { return nil }
        if program.contains("/") { return program }
        return path.split(separator: ":").map { "\($0)/\(program)" }
            .first { access($0, X_OK) == 0 }
    }

    private func hash(of path: String) throws(PluginError) -> String {
        guard let file = fopen(path, "re") else {
            throw .startFailed(
                entry.name, "\(path) can't be read: \(String(cString: strerror(errno)))")
        }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = fread(&chunk, 1, chunk.count, file), count > 0 {
            bytes += chunk[..<count]
        }
        return Self.hexadecimal(SHA256.hash(bytes))
    }

    private static func hexadecimal(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef")
        return String(bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    }
}
