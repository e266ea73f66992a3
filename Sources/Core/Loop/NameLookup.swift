import CLibuv
import Glibc

/// Looks a host name up in one of libuv's threads and comes back to the loop.
///
/// The request keeps the look-up alive until libuv calls back, which it does exactly once: also
/// after `cancel`, which does not interrupt a look-up that has begun.
///
/// On the loop only.
final class NameLookup {
    typealias Callback = (Result<[SocketAddress], LoopError>) -> Void

    private let loop: EventLoop
    private let action: String
    private let request = UnsafeMutablePointer<uv_getaddrinfo_t>.allocate(capacity: 1)
    private var onDone: Callback?

    private init(on loop: EventLoop, _ action: String, _ onDone: @escaping Callback) {
        self.loop = loop
        self.action = action
        self.onDone = onDone
    }

    deinit {
        self.request.deallocate()
    }

    static func start(
        host: String, port: Int, on loop: EventLoop, for action: String,
        _ onDone: @escaping Callback
    ) throws(LoopError) -> NameLookup {
        let lookup = NameLookup(on: loop, action, onDone)
        var hints = addrinfo()
        hints.ai_socktype = CInt(SOCK_STREAM.rawValue)
        let status = uv_getaddrinfo(
            loop.uv, lookup.request, { NameLookup.finished($0, $1, $2) }, host, String(port),
            &hints)
        try LoopError.check(status, action)
        lookup.request.pointee.data = Unmanaged.passRetained(lookup).toOpaque()
        loop.openLookups += 1
        return lookup
    }

    /// Nobody waits any more.
    func cancel() {
        guard self.onDone.take() != nil else { return }
        uv_cancel(UnsafeMutableRawPointer(self.request).assumingMemoryBound(to: uv_req_t.self))
    }

    private static func finished(
        _ request: UnsafeMutablePointer<uv_getaddrinfo_t>?, _ status: CInt,
        _ found: UnsafeMutablePointer<addrinfo>?
    ) {
        defer { uv_freeaddrinfo(found) }
        guard let data = request?.pointee.data else { return }
        let lookup = Unmanaged<NameLookup>.fromOpaque(data).takeRetainedValue()
        lookup.loop.openLookups -= 1
        guard let onDone = lookup.onDone.take() else { return }
        if status < 0 { return onDone(.failure(LoopError(status, lookup.action))) }
        onDone(.success(Self.addresses(found)))
    }

    private static func addresses(_ found: UnsafeMutablePointer<addrinfo>?) -> [SocketAddress] {
        sequence(first: found) { $0?.pointee.ai_next }
            .prefix { $0 != nil }
            .compactMap { $0.map { SocketAddress($0) } }
    }
}
