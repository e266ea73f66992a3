internal import COpsLoop
internal import Logging
internal import OpsBundle
internal import OpsCore

/// One OpsLoop in the host's process: what an `opsloop *` points to.
///
/// ```
///   created ──start──> starting ──> running ──stop──> stopping ──> stopped
///      ^                  │ failed
///      └──────────────────┘
/// ```
final class Instance: Sendable {
    enum Phase { case created, starting, running, stopping, stopped }

    struct State: Sendable {
        var phase = Phase.created
        /// Whether the loop has a thread of its own; otherwise the host steps it.
        var isThreaded = false
        var plugins: [HostPluginType] = []
        var logger: Logger?
        /// From the start on, and until the instance is destroyed: the host may still watch the
        /// loop's descriptor.
        var engine: Engine?
        var end = Completion<Bool>()
    }

    let configuration: HostConfiguration
    let state = Guarded(State())
    let callbacks = Callbacks()
    let seat = Seat()

    init(_ configuration: HostConfiguration) { self.configuration = configuration }

    // MARK: - Before the start

    func register(_ plugin: HostPluginType) throws {
        let name = plugin.manifest.name
        try beforeStart { state throws(EmbedError) in
            guard !state.plugins.contains(where: { $0.manifest.name == name }) else {
                throw .invalid("a plugin named \(name) is registered already")
            }
            state.plugins.append(plugin)
        }
    }

    func log(to handler: HostLog) throws {
        try beforeStart { state in
            var logger = Logger(label: "opsloop") { _ in handler }
            logger.logLevel = handler.logLevel
            state.logger = logger
        }
    }

    private func beforeStart(_ change: (inout State) throws -> Void) throws {
        try state.withLock { state in
            guard state.phase == .created else { throw EmbedError.state("started already") }
            try change(&state)
        }
    }

    // MARK: - The engine

    /// What runs.
    ///
    /// - Throws: `ESTATE` before the start and from the stop on.
    func running() throws(EmbedError) -> Engine {
        let engine = state.withLock { $0.phase == .running ? $0.engine : nil }
        guard let engine else { throw .state("not started, or stopped") }
        return engine
    }

    /// The platform's options, once the host has said everything.
    func options(_ state: State) -> Platform.Options {
        var options = Platform.Options(
            dataDirectory: configuration.dataDirectory, configuration: configuration.platform,
            available: bundledPlugins)
        if let logger = state.logger { options.logger = logger }
        options.provided = state.plugins.map { $0.provided(callbacks) }
        return options
    }

    func refuseInside() throws(EmbedError) {
        if callbacks.isInside { throw .busy("called from a callback") }
    }
}
