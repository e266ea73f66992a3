import CLibuv

/// One attempt to connect: look up, connect to each address in turn, until one answers or the time
/// is over.
///
/// ```
/// waiting -> looking up -> connecting (address by address) -> done
///     \____________\______________\___ timeout, cancel, loop stops ___^
/// ```
///
/// `@unchecked Sendable`: every member is touched on the loop only; `result` and `cancel` hop there.
final class ConnectAttempt: HandleOwner, @unchecked Sendable {
    enum Target {
        case tcp(host: String, port: Int)
        case unix(path: String)
    }

    private let loop: EventLoop
    private let target: Target
    private let timeout: Duration
    private let timer: LoopTimer
    private var state = State.waiting
    private var continuation: CheckedContinuation<ByteStream, any Error>?

    private enum State {
        case waiting
        case lookingUp(NameLookup)
        case connecting(ByteStream, rest: ArraySlice<SocketAddress>)
        case done(any Error)
    }

    init(on loop: EventLoop, to target: Target, timeout: Duration) {
        self.loop = loop
        self.target = target
        self.timeout = timeout
        self.timer = LoopTimer(on: loop)
    }

    func result() async throws -> ByteStream {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                self.loop.executeNow { self.begin(continuation) }
            }
        } onCancel: {
            self.loop.execute { self.fail(CancellationError()) }
        }
    }

    private var action: String {
        switch self.target {
        case .tcp(let host, let port): "connect to \(host) port \(port)"
        case .unix(let path): "connect to \(path)"
        }
    }

    // MARK: - The way there

    private func begin(_ continuation: CheckedContinuation<ByteStream, any Error>) {
        if case .done(let error) = self.state { return continuation.resume(throwing: error) }
        self.continuation = continuation
        guard !self.loop.isStopping else { return self.fail(LoopError.loopStopped(self.action)) }
        self.timer.start(after: self.timeout) { self.fail(LoopError(UV_ETIMEDOUT, self.action)) }
        do throws(LoopError) {
            switch self.target {
            case .tcp(let host, let port): try self.beginTCP(host, port)
            case .unix(let path): try self.connectUnix(path)
            }
        } catch {
            self.fail(error)
        }
    }

    private func beginTCP(_ host: String, _ port: Int) throws(LoopError) {
        guard (1...65_535).contains(port) else {
            throw LoopError(
                UV_EINVAL, self.action, hint: "a port is a number from 1 to 65535")
        }
        if let address = SocketAddress.parse(host, port) {
            return self.connect([address], after: nil)
        }
        let lookup = try NameLookup.start(
            host: host, port: port, on: self.loop, for: self.action
        ) { result in
            switch result {
            case .success(let addresses): self.connect(addresses[...], after: nil)
            case .failure(let error): self.fail(error)
            }
        }
        self.state = .lookingUp(lookup)
    }

    /// Tries the first address; `error` is what went wrong with the one before.
    private func connect(_ addresses: ArraySlice<SocketAddress>, after error: LoopError?) {
        guard let address = addresses.first else {
            return self.fail(error ?? LoopError(UV_EAI_NODATA, self.action))
        }
        do throws(LoopError) {
            let stream = try ByteStream.tcp(on: self.loop)
            self.state = .connecting(stream, rest: addresses.dropFirst())
            stream.box.owner = self
            ConnectRequest.tcp(stream, address, for: self.action) { self.connected($0) }
        } catch {
            self.fail(error)
        }
    }

    private func connectUnix(_ path: String) throws(LoopError) {
        try SocketAddress.checkUnixPath(path, for: self.action)
        let stream = try ByteStream.pipe(on: self.loop)
        self.state = .connecting(stream, rest: [])
        stream.box.owner = self
        ConnectRequest.unix(stream, path, for: self.action) { self.connected($0) }
    }

    // MARK: - The end

    private func connected(_ error: LoopError?) {
        guard case .connecting(let stream, let rest) = self.state else { return }
        stream.box.owner = nil
        guard let error else { return self.succeed(stream) }
        stream.close()
        self.connect(rest, after: error)
    }

    private func succeed(_ stream: ByteStream) {
        stream.sendAtOnce()
        self.timer.close()
        self.state = .done(LoopError(UV_EISCONN, self.action))
        self.continuation.take()?.resume(returning: stream)
    }

    private func fail(_ error: any Error) {
        switch self.state {
        case .done: return
        case .waiting: break
        case .lookingUp(let lookup): lookup.cancel()
        case .connecting(let stream, _): stream.close()
        }
        self.state = .done(error)
        self.timer.close()
        self.continuation.take()?.resume(throwing: error)
    }

    func loopStops() {
        self.fail(LoopError.loopStopped(self.action))
    }
}
