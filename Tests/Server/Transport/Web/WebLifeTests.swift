import Glibc
import OpsCore
import OpsJSONRPC
import OpsTransport
import OpsWeb
import TestClient
import Testing

/// The start and the stop of the web server, and what its settings may be.
@Suite("The web server's life", .timeLimit(.minutes(2)))
struct WebLifeTests {
    @Test func `it starts and stops again and again, and leaves nothing behind`() async throws {
        try await WebFixture.run { _ in }
        let before = Self.openDescriptors
        for _ in 1...10 {
            try await WebFixture.run { web in
                let idle = try web.connect()
                let socket = try await WebSocketClient(web)
                try await web.expectAlive()
                _ = (idle, socket)
            }
        }
        #expect(Self.openDescriptors <= before)
    }

    private static var openDescriptors: Int {
        guard let stream = opendir("/proc/self/fd") else { return -1 }
        defer { closedir(stream) }
        var count = 0
        while readdir(stream) != nil { count += 1 }
        return count
    }

    @Test func `a stop lets calls that are under way be answered`() async throws {
        try await WebFixture.run { web in
            let client = try web.connect()
            let socket = try await WebSocketClient(web)
            try await client.send(web.post(#"{"jsonrpc":"2.0","id":1,"method":"puppet.hold"}"#))
            try await socket.begin("puppet.hold")
            _ = try await web.platform.call("puppet.await_held", ["count": 2])
            async let stopped: Void = web.server.stop()
            // Nobody new comes in any more.
            while (try? web.connect()) != nil {}
            _ = try await web.platform.call("puppet.release")
            #expect(try await client.answer()?.json["result"] == [:])
            #expect(try await socket.message()["result"] == [:])
            #expect(try await socket.frame()?.closeCode == 1001)
            await stopped
        }
    }

    @Test func `it stops with the platform when nobody has stopped it`() async throws {
        let folder = try TemporaryFolder()
        let platform = try await Platform.start(
            Platform.Options(
                dataDirectory: folder.file("data"), configuration: Configuration(), available: [],
                logger: ServerFixture.logger, version: "test"))
        let server = try await WebServer.start(
            platform, try WebConfiguration(["listen": ["127.0.0.1:0"]], limits: ServerSettings()),
            logger: ServerFixture.logger)
        #expect(server.addresses.count == 1)
        await platform.stop()
    }

    @Test func `SIGPIPE is nobody's business but the program's`() async throws {
        // Other tests start servers meanwhile, so that it may be touched for a moment.
        let end = ContinuousClock.now + .seconds(TestClient.patience)
        try await WebFixture.run { web in
            while Self.isPipeSignalIgnored, ContinuousClock.now < end {
                try await web.expectAlive()
            }
            #expect(!Self.isPipeSignalIgnored)
        }
    }

    private static var isPipeSignalIgnored: Bool {
        var action = sigaction()
        sigaction(SIGPIPE, nil, &action)
        // SIG_IGN is the number 1 in the place of a function.
        return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == 1
    }

    @Test func `an address that is taken is named, and everything is given back`() async throws {
        try await WebFixture.run { web in
            let address = web.server.addresses[0]
            await #expect {
                _ = try await WebServer.start(
                    web.platform,
                    try WebConfiguration(
                        ["listen": ["127.0.0.1:0", .string(address)]], limits: ServerSettings()),
                    logger: ServerFixture.logger)
            } throws: {
                "\($0)" == "can't listen on \(address): Address already in use"
            }
            try await web.expectAlive()
        }
    }

    @Test func `IPv6 is listened on as well`() async throws {
        try await WebFixture.run(["listen": ["127.0.0.1:0", "[::1]:0"]]) { web in
            #expect(web.server.addresses[1].hasPrefix("[::1]:"))
            let stats = try await web.platform.call("system.stats")
            let listening = stats["transports"]?["http"]?["listening"]?.array?.compactMap(\.string)
            #expect(listening == web.server.addresses)
        }
    }

    @Test(
        arguments: [
            (["listen": ["0.0.0.0:80"]], "listen[0]", "needs tls"),
            (["listen": ["127.0.0.1:0", "[::]:80"]], "listen[1]", "needs tls"),
            (["listen": ["127.0.0.1"]], "listen[0]", "no numeric address"),
            (["listen": ["example.org:80"]], "listen[0]", "no numeric address"),
            (["listen": ["127.0.0.1:70000"]], "listen[0]", "no numeric address"),
            (["listen": [1]], "listen", ""), (["liston": []], "liston", "did you mean listen"),
            (["max_connections": 0], "max_connections", "must be"),
            (["tls": ["certificate": "/nothing"]], "tls.key", "required"),
            (
                ["tls": ["certificate": "/nothing", "key": "/nothing"]], "tls.certificate",
                "No such file"
            ),
        ] as [(JSON, String, String)])
    func `a wrong setting is named`(json: JSON, path: String, reason: String) {
        do {
            _ = try WebConfiguration(json, limits: ServerSettings())
            Issue.record("\(json.text) was accepted")
        } catch {
            #expect(error.fields.first?.path.hasPrefix(path) == true, "\(error)")
            #expect(error.fields.first?.reason.contains(reason) == true, "\(error)")
        }
    }
}
