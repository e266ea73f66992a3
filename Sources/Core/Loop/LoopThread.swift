import CLibuv
import Glibc

/// Starts plain threads; Swift's own concurrency has none that may block.
enum LoopThread {
    /// The current thread as a number that can be compared and stored.
    static var current: UInt { UInt(pthread_self()) }

    /// Starts a thread that runs `body` and then ends.
    ///
    /// Someone must join or detach it.
    ///
    /// SIGPIPE is blocked in it: libuv writes with `write`, and a peer that went away must be an
    /// error (EPIPE), not the end of the process that embeds us.
    static func start(
        name: String, _ body: @escaping @Sendable () -> Void
    ) throws(LoopError) -> pthread_t {
        let start = Unmanaged.passRetained(Body(name: name, body))
        var thread = pthread_t()
        let status = pthread_create(&thread, nil, { Self.enter($0) }, start.toOpaque())
        guard status == 0 else {
            start.release()
            throw LoopError(-status, "start the thread \(name)")
        }
        return thread
    }

    private static func enter(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
        guard let argument else { return nil }
        let start = Unmanaged<Body>.fromOpaque(argument).takeRetainedValue()
        // The kernel keeps 15 characters of a thread's name.
        opsloop_name_thread(start.name)
        SigpipeMask.block()
        start.body()
        return nil
    }

    private final class Body {
        let name: String
        let body: @Sendable () -> Void

        init(name: String, _ body: @escaping @Sendable () -> Void) {
            self.name = name
            self.body = body
        }
    }
}
