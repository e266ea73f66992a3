internal import OpsCore
internal import OpsJSONRPC
internal import TestClient
internal import TestPlugins

/// Holds the dispatcher of a real platform to answering every call once and nothing else.
package struct DispatcherTarget: Sendable {
    private let folder: TemporaryFolder
    private let platform: Platform

    /// Starts a platform, runs `body` and stops it.
    package static func run(
        _ body: (DispatcherTarget) async throws -> Void
    ) async throws {
        let folder = try TemporaryFolder()
        let platform = try await Platform.start(
            Platform.Options(
                dataDirectory: folder.file("data"),
                configuration: Configuration(plugins: [PluginConfiguration(name: "puppet")]),
                available: [PuppetPlugin.self]))
        do {
            try await body(DispatcherTarget(folder: folder, platform: platform))
        } catch {
            await platform.stop()
            throw error
        }
        await platform.stop()
    }

    /// Sends inputs over one connection, each of them as a stream of its own, and waits until
    /// everything that they began is over.
    ///
    /// - Throws: ``FuzzFailure``.
    package func check(_ inputs: [[UInt8]]) async throws -> FuzzTally {
        let round = FuzzRound(platform.dispatcher)
        try await platform.loop.perform { round.begin(inputs) }
        let end = ContinuousClock.now + .seconds(TestClient.patience)
        var isOver = false
        while !isOver, ContinuousClock.now < end {
            _ = try await platform.call("puppet.release")
            isOver = try await platform.loop.perform { round.isOver }
        }
        let complaint = try await platform.loop.perform { round.end() }
        if let complaint { throw FuzzFailure(complaint: complaint, inputs: inputs) }
        return try await platform.loop.perform { round.tally }
    }
}
