import Glibc
import OpsCore
import Testing

@Suite("ByteStream", .timeLimit(.minutes(1)))
struct ByteStreamTests {
    private let megabytes = [UInt8](repeating: 7, count: 8 << 20)

    @Test func `TCP carries bytes there and back, and the half-closed client gets its answer`()
        async throws
    {
        try await withLoop { loop in
            let pair = try await StreamPair.tcp(on: loop)
            try await loop.perform { pair.server.echo() }
            try await self.expectEcho(pair)
        }
    }

    @Test func `a Unix socket does the same`() async throws {
        let path = try freshSocketPath()
        defer { removeFolder(ofSocket: path) }
        try await withLoop { loop in
            let pair = try await StreamPair.unix(path: path, on: loop)
            try await loop.perform { pair.server.echo() }
            try await self.expectEcho(pair)
        }
    }

    private func expectEcho(_ pair: StreamPair) async throws {
        let sent = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        try await pair.client.loop.perform {
            pair.client.write(sent)
            pair.client.shutdown()
        }
        let (bytes, end) = try await pair.client.readAll()
        #expect(bytes == sent)
        #expect(end == .endOfFile)
    }

    @Test func `what a slow reader leaves is counted, and drains when it reads`() async throws {
        try await withLoop { loop in
            let pair = try await StreamPair.tcp(on: loop)
            let drained = Promise<Void>()
            let done = Journal<LoopError?>()
            try await loop.perform {
                pair.server.onDrained = { drained.keep() }
                pair.server.write([1, 2, 3]) { done.add($0) }
                #expect(pair.server.queuedBytes == 0)
                pair.server.write(self.megabytes) { done.add($0) }
                let queued = pair.server.queuedBytes
                #expect(queued > 0 && queued < self.megabytes.count)
                pair.server.write(self.megabytes) { done.add($0) }
                #expect(pair.server.queuedBytes == queued + self.megabytes.count)
                pair.server.shutdown()
            }
            let (bytes, end) = try await pair.client.readAll()
            #expect(bytes.count == 3 + 2 * self.megabytes.count)
            #expect(end == .endOfFile)
            #expect(await done.first(3) == [nil, nil, nil])
            let outcome = try await loop.perform { pair.server.queuedBytes }
            #expect(outcome == 0)
        }
    }

    @Test func `the stream tells when its queue has drained`() async throws {
        try await withLoop { loop in
            let pair = try await StreamPair.tcp(on: loop)
            let drained = Journal<Int>()
            try await loop.perform {
                pair.server.onDrained = { drained.add(pair.server.queuedBytes) }
                pair.server.write(self.megabytes)
                pair.server.write([1])
            }
            #expect(drained.entries.isEmpty)
            let received = Journal<Int>()
            try await loop.perform {
                pair.client.startReading(onData: { received.add($0.count) }, onEnd: { _ in })
            }
            #expect(await drained.first(1) == [0])
            try await loop.perform { pair.server.write([1]) }
            #expect(drained.entries.count == 1)
        }
    }

    @Test func `a stream that does not read holds its peer back, and reads on`() async throws {
        try await withLoop { loop in
            let pair = try await StreamPair.tcp(on: loop)
            let received = Journal<Int>()
            let stopped = Promise<Void>()
            let ended = Promise<StreamEnd>()
            try await loop.perform {
                pair.client.startReading(
                    onData: { bytes in
                        received.add(bytes.count)
                        guard stopped.kept == nil else { return }
                        pair.client.stopReading()
                        stopped.keep()
                    }, onEnd: { ended.keep($0) })
                pair.server.write(self.megabytes)
                pair.server.shutdown()
            }
            await stopped.value
            await loop.fires(after: .milliseconds(5))
            #expect(received.entries.count == 1)
            let outcome = try await loop.perform { pair.server.queuedBytes }
            #expect(outcome > 0)
            try await loop.perform { pair.client.resumeReading() }
            #expect(await ended.value == .endOfFile)
            #expect(received.entries.reduce(0, +) == self.megabytes.count)
        }
    }

    @Test func `a reset by the peer is told`() async throws {
        try await withLoop { loop in
            let pair = try await StreamPair.tcp(on: loop)
            try await loop.perform {
                var linger = linger(l_onoff: 1, l_linger: 0)
                setsockopt(
                    pair.client.descriptor, SOL_SOCKET, SO_LINGER, &linger,
                    socklen_t(MemoryLayout.size(ofValue: linger)))
                pair.client.close()
            }
            guard case .failed(let error) = try await pair.server.readAll().end else {
                Issue.record("The stream ended without an error.")
                return
            }
            #expect(error.name == "ECONNRESET")
            let outcome = try await loop.perform { !pair.server.isOpen }
            #expect(outcome)
        }
    }

    @Test func `a write to a peer that is gone fails and does not end the process`() async throws {
        try await withLoop { loop in
            let path = try freshSocketPath()
            defer { removeFolder(ofSocket: path) }
            let pair = try await StreamPair.unix(path: path, on: loop)
            let end = Promise<StreamEnd>()
            let done = Journal<String?>()
            try await loop.perform {
                pair.server.startReading(onData: { _ in }, onEnd: { end.keep($0) })
                pair.server.stopReading()
                hangUp(pair.client.descriptor)
            }
            try await loop.perform { pair.server.write([1]) { done.add($0?.name) } }
            #expect(await done.first(1) == ["EPIPE"])
            guard case .failed(let error) = await end.value else {
                Issue.record("The stream did not fail.")
                return
            }
            #expect(error.name == "EPIPE")
        }
    }

    @Test func `a stream that is closed with a full queue tells every writer`() async throws {
        try await withLoop { loop in
            let pair = try await StreamPair.tcp(on: loop)
            let done = Journal<String?>()
            try await loop.perform {
                pair.server.write(self.megabytes) { done.add($0?.name) }
                pair.server.write(self.megabytes) { done.add($0?.name) }
                pair.server.shutdown { done.add($0?.name) }
                pair.server.write([1]) { done.add($0?.name) }
                pair.server.close()
                pair.server.write([1]) { done.add($0?.name) }
                #expect(pair.server.queuedBytes == 0)
                #expect(pair.server.descriptor == -1)
            }
            #expect(done.entries == ["EPIPE", "ECANCELED", "ECANCELED", "ECANCELED", "EPIPE"])
        }
    }

    @Test func `a stream may be closed inside its own callbacks`() async throws {
        try await withLoop { loop in
            for closeAt in ["data", "end", "done", "shutdown"] {
                let pair = try await StreamPair.tcp(on: loop)
                let closed = Promise<Void>()
                let close = { @Sendable (place: String) in
                    guard place == closeAt else { return }
                    pair.server.close()
                    closed.keep()
                }
                try await loop.perform {
                    pair.server.startReading(
                        onData: { _ in
                            close("data")
                            pair.server.write([1]) { _ in close("done") }
                        },
                        onEnd: { _ in
                            close("end")
                            pair.server.shutdown { _ in close("shutdown") }
                        })
                    pair.client.write([1])
                    pair.client.shutdown()
                }
                await closed.value
            }
        }
    }

    @Test func `a stream that nobody holds closes itself`() async throws {
        try await withLoop { loop in
            let accepted = Promise<Int>()
            let listener = try await loop.perform {
                try StreamListener.tcp(host: "127.0.0.1", port: 0, on: loop) { stream in
                    accepted.keep(Int(stream.descriptor))
                }
            }
            let port = try await loop.perform { listener.port }
            let client = try await Connect.tcp(
                host: "127.0.0.1", port: port, timeout: .seconds(10), on: loop)
            #expect(await accepted.value >= 0)
            let outcome = try await client.readAll()
            #expect(outcome.end == .endOfFile)
        }
    }
}
