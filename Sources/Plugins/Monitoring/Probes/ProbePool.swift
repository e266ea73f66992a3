internal import Glibc
internal import OpsCore

/// The loops that probes wait on, each with a thread and tools of its own, and none of them the one
/// that answers calls.
///
/// Thousands of sockets then keep no caller waiting, and all cores look. A loop is started when the
/// first check needs it: a small installation has one.
final class ProbePool: Sendable {
    /// So many checks with numbers in a row share a loop before the next one is used.
    private static let stretch = 500
    /// More looks than these loops can take, nothing else on the machine could take either.
    private static let maxLoops = 8

    private enum State {
        case open([ProbeTools?])
        case closed
    }

    private let state: Guarded<State>
    private let make: @Sendable () throws -> ProbeTools
    private let ownsLoops: Bool

    /// Makes a pool without a loop yet; to be closed in the end.
    convenience init(time: any TimeSource) {
        let cores = min(max(sysconf(CInt(_SC_NPROCESSORS_ONLN)), 1), Self.maxLoops)
        self.init(loops: cores) {
            let loop = try EventLoop(name: "probes")
            try loop.start()
            return ProbeTools(loop: loop, time: time)
        }
    }

    /// Makes a pool of at most so many loops, each of which `make` starts.
    init(loops: Int, make: @escaping @Sendable () throws -> ProbeTools) {
        state = Guarded(.open(Array(repeating: nil, count: loops)))
        ownsLoops = true
        self.make = make
    }

    /// Makes a pool of tools whose loop is somebody else's.
    init(_ tools: ProbeTools) {
        state = Guarded(.open([tools]))
        ownsLoops = false
        make = { tools }
    }

    /// The tools of a check, always the same ones.
    ///
    /// Throws when the process gets no thread or descriptor for another loop, or is about to end.
    func tools(of check: Int) throws -> ProbeTools {
        try state.withLock { state in
            guard case .open(var all) = state else { throw CancellationError() }
            let index = check / Self.stretch % all.count
            if let made = all[index] { return made }
            let made = try make()
            all[index] = made
            state = .open(all)
            return made
        }
    }

    /// Ends what is under way on all loops, and the loops.
    func close() async {
        let all = state.withLock { state -> [ProbeTools] in
            guard case .open(let all) = state else { return [] }
            state = .closed
            return all.compactMap { $0 }
        }
        for tools in all {
            await tools.close()
            if ownsLoops { await tools.loop.stop() }
        }
    }
}
