import OpsJSONRPC

@testable import OpsCore

/// Platforms over a folder of the test's own, with the plugins of the zoo.
final class PlatformFixture: Sendable {
    let folder: StoreFolder
    let time = ManualTime()
    let log = Journal<String>()
    /// What a reload reads.
    let file = Guarded<Configuration?>(nil)

    init(_ folder: StoreFolder? = nil) throws { self.folder = try folder ?? StoreFolder() }

    func options(_ plugins: [PluginConfiguration]) -> Platform.Options {
        Platform.Options(
            dataDirectory: folder.folder, configuration: Configuration(plugins: plugins),
            available: Zoo.all, time: time, logger: LogJournal.logger(log), version: "1.2.3",
            readConfiguration: { [file] in
                guard let configuration = file.withLock({ $0 }) else { throw Refusal() }
                return configuration
            })
    }

    /// Starts a platform, runs the body and stops it.
    func run(
        _ names: String..., plugins: [PluginConfiguration] = [],
        _ body: (Platform) async throws -> Void
    ) async throws {
        let platform = try await Platform.start(
            options(names.map { PluginConfiguration(name: $0) } + plugins))
        do {
            try await body(platform)
        } catch {
            await platform.stop()
            throw error
        }
        await platform.stop()
    }

    /// Fails to start and answers why.
    func failure(_ plugins: [PluginConfiguration]) async -> (any Error)? {
        do {
            await (try Platform.start(options(plugins))).stop()
            return nil
        } catch {
            return error
        }
    }

    /// What the plugins did, in order, as `plugin: message`.
    var deeds: [String] {
        log.entries.compactMap { line in
            guard line.hasPrefix("info: "), let split = line.firstRange(of: " plugin=") else {
                return nil
            }
            return "\(line[split.upperBound...]): \(line[..<split.lowerBound].dropFirst(6))"
        }
    }
}
