import CLibuv
import Glibc

/// Looks host names up by the system's resolver, in threads of its own.
///
/// libuv runs at most two look-ups at a time, so that two names whose servers are gone would keep
/// all others waiting. Here each name has a thread as long as there are any, and whoever asks for a
/// name that is being looked up waits for the same answer.
///
/// `@unchecked Sendable`: `waiting` is for the loop's thread only.
final class NameResolver: @unchecked Sendable {
    /// The addresses of a name, or libuv's number for why there are none.
    typealias Answer = Result<[SocketAddress], Failure>

    struct Failure: Error {
        let status: CInt
    }

    /// More threads than there may be names of dead servers; an idle one costs a stack.
    static let threads = 32

    private let pool = WorkerPool(threads: NameResolver.threads, name: "names")
    private let ask: @Sendable (String) -> Answer
    private var waiting: [String: [NameLookup]] = [:]

    init(asking ask: @escaping @Sendable (String) -> Answer = NameResolver.addresses) {
        self.ask = ask
    }

    /// Tells a look-up the answer, on the loop and never at once.
    func look(up host: String, for lookup: NameLookup, on loop: EventLoop) throws(LoopError) {
        if self.waiting[host] == nil {
            let ask = self.ask
            let refusal = self.pool.start {
                let answer = ask(host)
                loop.execute { self.tell(host, answer) }
            }
            if refusal != nil { throw LoopError(UV_EAI_AGAIN, lookup.action) }
        }
        self.waiting[host, default: []].append(lookup)
    }

    /// Forgets one that does not want to know any more; the thread goes on, for the next who asks.
    func forget(_ lookup: NameLookup, of host: String) {
        self.waiting[host]?.removeAll { $0 === lookup }
    }

    /// Takes no further names; does not wait for threads, which the resolver may hold for long.
    func close() { self.pool.close() }

    private func tell(_ host: String, _ answer: Answer) {
        for lookup in self.waiting.removeValue(forKey: host) ?? [] { lookup.finish(answer) }
    }

    /// Asks the system's resolver; blocks as long as that takes.
    ///
    /// By way of libuv because of names that are not ASCII and of its error numbers. A request
    /// counts itself at its loop, and that one must not be another thread's.
    static func addresses(of host: String) -> Answer {
        // It points to itself, so it must not move.
        let uv = UnsafeMutablePointer<uv_loop_t>.allocate(capacity: 1)
        uv.initialize(to: uv_loop_t())
        defer { uv.deallocate() }
        let status = uv_loop_init(uv)
        guard status == 0 else { return .failure(Failure(status: status)) }
        defer { uv_loop_close(uv) }
        var hints = addrinfo()
        hints.ai_socktype = CInt(SOCK_STREAM.rawValue)
        var request = uv_getaddrinfo_t()
        let outcome = uv_getaddrinfo(uv, &request, nil, host, nil, &hints)
        guard outcome == 0 else { return .failure(Failure(status: outcome)) }
        defer { uv_freeaddrinfo(request.addrinfo) }
        return .success(
            sequence(first: request.addrinfo) { $0?.pointee.ai_next }
                .prefix { $0 != nil }
                .compactMap { $0.map { SocketAddress($0) } })
    }
}
