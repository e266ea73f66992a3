import Glibc
import OpsCore
import OpsJSONRPC
import TestClient
import Testing

@testable import OpsPluginProgram

/// The relay with a host that the test plays, and a clock that it moves.
@Suite("The relay of a plugin's events", .timeLimit(.minutes(1)))
struct EventRelayTests {
    @Test func `what the host refuses for now is emitted again, later and later`() async throws {
        let (host, time, folder) = (try HostEnd(), ManualTime(), try TemporaryFolder())
        let platform = try await Platform.start(
            Platform.Options(
                dataDirectory: folder.file("data"),
                configuration: Configuration(plugins: [
                    PluginConfiguration(name: "relay", config: [:])
                ]), available: [RelayPlugin.self]))
        let relay = try await EventRelay.start(
            ["relay.announced"], platform, host.link, time: time)
        for text in ["a", "b"] {
            _ = try await platform.call("relay.announce", ["text": .string(text)])
        }
        let refusals: [(wish: Int?, pause: Int)] = [(nil, 250), (nil, 500), (40, 40)]
        for (wish, pause) in refusals {
            #expect(try await host.emission() == "a")
            host.answer(.failure(.busy("Later.", retryAfterMs: wish)))
            while time.timerCount == 0, !Task.isCancelled { await Task.yield() }
            try #require(time.timerCount == 1, "it waits")
            await time.advance(by: .milliseconds(pause - 1))
            #expect(time.timerCount == 1)
            await time.advance(by: .milliseconds(1))
        }
        for text in ["a", "b"] {
            #expect(try await host.emission() == text)
            host.answer(.success(["seq": 1]))
        }
        relay.stop()
        await platform.stop()
    }
}

/// The host's end of a link.
private final class HostEnd: Sendable {
    let link: HostLink
    private let reading: CInt
    private let writing: CInt
    private let asked = Guarded<RequestID>(.null)

    init() throws {
        var ends: [CInt] = [0, 0]
        guard pipe(&ends) == 0 else { throw TestFailure("no pipe") }
        (reading, writing) = (ends[0], ends[1])
        link = HostLink(writing)
    }

    deinit {
        close(reading)
        close(writing)
    }

    /// The text of the event that is emitted next.
    func emission() async throws -> String? {
        try await aside { [self] in
            while true {
                let message = try line().withUnsafeBufferPointer { MessageParser.parse($0) }
                guard case .single(.request(let request)) = message, let id = request.id else {
                    continue
                }
                asked.withLock { $0 = id }
                return request.params?["data"]?["text"]?.string
            }
        }
    }

    /// Answers what was read last.
    func answer(_ result: Result<JSON, RPCError>) {
        link.resolve(Response(id: asked.withLock { $0 }, result: result))
    }

    /// Waits until there is something; false when nothing comes.
    private var isReadable: Bool {
        var watched = pollfd(fd: reading, events: Int16(POLLIN), revents: 0)
        return poll(&watched, 1, 20_000) == 1
    }

    private func line() throws -> [UInt8] {
        var (line, byte): ([UInt8], UInt8) = ([], 0)
        while isReadable, read(reading, &byte, 1) == 1 {
            if byte == UInt8(ascii: "\n") { return line }
            line.append(byte)
        }
        throw TestFailure("the link has ended")
    }
}
