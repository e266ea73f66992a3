import Foundation
import OpsCore
import OpsJSONRPC
import OpsTransport
import OpsWeb
import TestClient
import Testing

/// HTTP and WebSocket inside of TLS, tried with `curl`.
@Suite("HTTP with TLS", .timeLimit(.minutes(2)))
struct WebTLSTests {
    private let files: Certificates

    init() throws { files = try Certificates() }

    private func run(
        clientCa: Bool = false, _ body: (WebFixture) async throws -> Void
    ) async throws {
        var tls: JSON.Object = [
            "certificate": .string(files.path("server.pem")),
            "key": .string(files.path("server.key")),
        ]
        if clientCa {
            try files.folder.write(files.folder.read("ca.pem"), to: "clients.pem")
            tls["client_ca"] = .string(files.path("clients.pem"))
        }
        try await WebFixture.run(["tls": .object(tls)], in: files.folder, body)
    }

    /// Asks with `curl` and returns its exit status and what it shows.
    private func curl(
        _ web: WebFixture, _ arguments: [String], path: String = "/rpc",
        body: String? = WebFixture.ping, token: String? = nil
    ) async throws -> (status: Int32, output: String) {
        var all = [
            "curl", "--silent", "--show-error", "--cacert", files.path("ca.pem"), "--write-out",
            " %{http_code} %{http_version}", "--header",
            "Authorization: Bearer \(token ?? web.token)",
            "--header", "Content-Type: application/json",
        ]
        if let body { all += ["--data", body] }
        return try await Command.run(all + arguments + ["https://localhost:\(web.port)\(path)"])
    }

    @Test func `a call is answered, by HTTP 1_1 whatever the client would like`() async throws {
        try await run { web in
            let (status, output) = try await curl(web, ["--http2"])
            #expect(status == 0, "\(output)")
            #expect(output.contains(#"{"pong":true}"#))
            #expect(output.hasSuffix(" 200 1.1"))
        }
    }

    @Test func `nothing older than TLS 1_2 is spoken`() async throws {
        try await run { web in
            let old = try await curl(web, ["--tls-max", "1.2"])
            let new = try await curl(web, ["--tlsv1.3"])
            let tooOld = try await curl(web, ["--tlsv1.0", "--tls-max", "1.1"])
            #expect(old.status == 0)
            #expect(new.status == 0)
            #expect(tooOld.status != 0)
        }
    }

    @Test func `plain HTTP gets no answer`() async throws {
        try await run { web in
            let client = try web.connect()
            try await client.send(web.post(WebFixture.ping))
            let rest = try await client.rest()
            // An alert of TLS at most.
            #expect(!String(decoding: rest, as: UTF8.self).contains("HTTP"))
            #expect(try await curl(web, []).status == 0)
        }
    }

    @Test func `a long body and a long answer arrive whole`() async throws {
        try await run { web in
            let text = String(repeating: "w", count: 2_000_000)
            let body =
                #"{"jsonrpc":"2.0","id":1,"method":"puppet.echo","params":{"text":"\#(text)"}}"#
            try files.folder.write(body, to: "body.json")
            let answer = files.path("answer.json")
            let (status, output) = try await curl(
                web, ["--data", "@" + files.path("body.json"), "--output", answer], body: nil)
            #expect(status == 0, "\(output)")
            let json = try JSON.parse(files.folder.read("answer.json"))
            #expect(json["result"]?["text"]?.string == text)
        }
    }

    @Test func `a client without a certificate is not let in where one is asked for`() async throws
    {
        try await run(clientCa: true) { web in
            #expect(try await curl(web, []).status != 0)
            let good = ["--cert", files.path("client.pem"), "--key", files.path("client.key")]
            let (status, output) = try await curl(web, good)
            #expect(status == 0, "\(output)")
            // The certificate opens the door; the token still says who calls.
            let stranger = ["--cert", files.path("other.pem"), "--key", files.path("other.key")]
            #expect(try await curl(web, stranger).status != 0)
            let nobody = try await curl(web, good, token: "nonsense")
            #expect(nobody.output.contains(" 401 "))
        }
    }

    @Test func `who is not trusted any more is not let in from the reload on`() async throws {
        try await run(clientCa: true) { web in
            let client = ["--cert", files.path("client.pem"), "--key", files.path("client.key")]
            let other = ["--cert", files.path("other.pem"), "--key", files.path("other.key")]
            #expect(try await curl(web, client).status == 0)
            try files.folder.write(files.folder.read("stranger.pem"), to: "clients.pem")
            try await web.server.reloadCertificates()
            #expect(try await curl(web, client).status != 0)
            let (status, output) = try await curl(web, other)
            #expect(status == 0, "\(output)")
        }
    }

    @Test func `a new certificate is used from the reload on`() async throws {
        try await run { web in
            let before = try await fingerprint(web)
            try files.renewServer()
            #expect(try await fingerprint(web) == before)
            try await web.server.reloadCertificates()
            let after = try await fingerprint(web)
            #expect(after != before)
            // One that can't be used changes nothing.
            try files.folder.write("nonsense", to: "server.pem")
            await #expect(throws: RPCError.self) { try await web.server.reloadCertificates() }
            #expect(try await fingerprint(web) == after)
            #expect(try await curl(web, []).status == 0)
        }
    }

    private func fingerprint(_ web: WebFixture) async throws -> String {
        let (_, output) = try await Command.run([
            "sh", "-c",
            "openssl s_client -connect localhost:\(web.port) </dev/null 2>/dev/null "
                + "| openssl x509 -noout -fingerprint",
        ])
        return output
    }

    @Test func `a key that belongs to another certificate is named`() throws {
        let tls: JSON = [
            "certificate": .string(files.path("server.pem")),
            "key": .string(files.path("client.key")),
        ]
        do {
            _ = try WebConfiguration(
                ["listen": ["0.0.0.0:0"], "tls": tls], limits: ServerSettings())
            Issue.record("the key was accepted")
        } catch {
            #expect(error.fields.map(\.path) == ["tls.key"])
            #expect(error.fields.first?.reason.contains("does not belong") == true)
        }
    }
}
