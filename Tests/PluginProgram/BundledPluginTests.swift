import Glibc
import OpsBundle
import OpsCore
import OpsJSONRPC
import OpsPluginKit
import TestClient
import Testing

/// A bundled plugin is the same whether it runs in the process or as a program.
@Suite("Bundled plugins as programs", .timeLimit(.minutes(3)))
struct BundledPluginTests {
    private static let daemon = {
        var path = [CChar](repeating: 0, count: 4096)
        let count = readlink("/proc/self/exe", &path, path.count - 1)
        let bytes = path.prefix(max(0, count)).map(UInt8.init(bitPattern:))
        let folder = String(decoding: bytes, as: UTF8.self).split(separator: "/").dropLast()
        return folder.reduce("") { $0 + "/" + $1 } + "/opsloopd"
    }()

    static let names = bundledPlugins.map { $0.manifest.name }

    private func plugin(_ name: String) throws -> any Plugin.Type {
        try #require(bundledPlugins.first { $0.manifest.name == name })
    }

    @Test(arguments: names)
    func `the kit hears the same from both`(name: String) async throws {
        let plugin = try plugin(name)
        let inside = try await aside {
            try PluginKit(isBundled: true) { _ in InProcessPlugin(plugin) }.run()
        }
        let outside = try await aside {
            try PluginKit(isBundled: true) {
                try PluginProcess([Self.daemon, "--serve-plugin", name], in: $0)
            }.run()
        }
        for (one, other) in zip(inside, outside) {
            #expect(one.outcome != .failed, "\(one.name): \(one.detail ?? "")")
            #expect(other.outcome != .failed, "\(other.name): \(other.detail ?? "")")
            // Only a process can be sent a signal.
            guard one.name != "ends within 5 s on SIGTERM" else { continue }
            #expect(Transcript.comparable(one) == Transcript.comparable(other))
        }
        #expect(inside.count == outside.count)
    }
}
