import Foundation
import Glibc
import OpsCore
import OpsJSONRPC
import OpsTransport
import TestClient
import Testing

/// Who comes in by the socket, and until when.
@Suite("Admission", .timeLimit(.minutes(2)))
struct AdmissionTests {
    private static let settings: AccessSettings? = try? AccessSettings(
        reading: ["members": ["uid:5001": "viewer", "gid:5100": "operator"]])

    private func token(_ server: ServerFixture) async throws -> String {
        let made = try await server.platform.call(
            "token.create", ["name": "test", "role": "viewer"])
        return try #require(made["token"]?.string)
    }

    @Test func `a connection that has shown a token listens until the token is revoked`()
        async throws
    {
        try await ServerFixture.run { server in
            let client = try server.connect()
            let token = try await token(server)
            try await client.call("token.use", ["token": .string(token)])
            try await client.call("event.subscribe")
            await #expect(throws: (any Error).self) {
                try await client.call("token.create", ["name": "more", "role": "viewer"])
            }
            _ = try await server.platform.call("token.revoke", ["token": "token:1"])
            // Without ever calling again, it is told and let go.
            var last = JSON.null
            while let line = try await client.line() { last = try JSON.parse(line) }
            #expect(last["error"]?["code"] == 1001)
            #expect(last["error"]?["message"] == "The token 1 was revoked.")
            #expect(last["id"] == .null)
        }
    }

    @Test func `a broken token leaves the connection as it was`() async throws {
        try await ServerFixture.run { server in
            let client = try server.connect()
            let token = try await token(server)
            for text in ["", "opsl1_", token + "A", String(token.dropLast())] {
                let id = try await client.begin("token.use", ["token": .string(text)])
                let answer = try await client.message()
                #expect(answer["id"] == .number(JSON.Number(id)))
                #expect(answer["error"]?["code"] == 1001)
            }
            try await client.call("system.stats")
        }
    }

    @Test func `the socket's file takes the mode and the group of the settings`() async throws {
        try await ServerFixture.run({
            $0.socketMode = "0660"
            $0.socketGroup = geteuid() == 0 ? "nogroup" : nil
        }) { server in
            let status = server.folder.status(of: "s")
            #expect(status?.st_mode == S_IFSOCK | 0o660)
            if geteuid() == 0 { #expect(status?.st_gid == 65_534) }
        }
    }

    @Test func `a group that does not exist is named`() async throws {
        let error = await #expect(throws: SocketError.self) {
            try await ServerFixture.run({ $0.socketGroup = "no-such-group" }) { _ in }
        }
        #expect(
            error?.description
                == "server.socket_group: there is no group no-such-group on this system")
    }

    // MARK: - Other users

    /// Asks as another user; only root can.
    private func ask(
        _ server: ServerFixture, _ method: String, user: Int, group: Int, groups: String? = nil
    ) throws -> JSON {
        let script = """
            import socket, sys
            s = socket.socket(socket.AF_UNIX)
            try: s.connect(sys.argv[1])
            except PermissionError: print('"kept out"'); sys.exit()
            s.sendall(('{"jsonrpc":"2.0","id":1,"method":"%s"}\\n' % sys.argv[2]).encode())
            print(s.makefile().readline())
            """
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/setpriv")
        process.arguments =
            ["--reuid=\(user)", "--regid=\(group)"]
            + (groups.map { ["--groups=\($0)"] } ?? ["--clear-groups"])
            + [Self.python, "-c", script, server.socket, method]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let bytes = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw TestFailure("python failed") }
        return try JSON.parse([UInt8](bytes))
    }

    /// The system's own: another user may not be let into the folder of any other.
    private static let python = "/usr/bin/python3"
    private static let canChangeUser =
        geteuid() == 0 && access("/usr/bin/setpriv", X_OK) == 0 && access(python, X_OK) == 0

    @Test(.enabled(if: canChangeUser))
    func `other users come in by their own number, their group or a further group`() async throws {
        let access = try #require(Self.settings)
        try await ServerFixture.run({ $0.socketMode = "0666" }, access: access) { server in
            chmod(server.folder.path, 0o755)
            func code(_ method: String, _ user: Int, _ group: Int, _ groups: String? = nil) throws
                -> Int?
            {
                let answer = try ask(server, method, user: user, group: group, groups: groups)
                return answer["error"]?["code"]?.int
            }
            // More groups than most have room for.
            let many = (6000..<6200).map(String.init).joined(separator: ",")
            let codes = [
                try code("plugin.list", 5001, 5001), try code("system.reload", 5001, 5001),
                try code("plugin.list", 5002, 5002), try code("system.ping", 5002, 5002),
                try code("plugin.list", 5002, 5100), try code("plugin.list", 5002, 5002, "9,5100"),
                try code("plugin.list", 5002, 5002, many + ",5100"),
                try code("plugin.list", 5002, 5002, many),
            ]
            #expect(codes == [nil, 1002, 1002, nil, nil, nil, nil, 1002])
        }
    }

    @Test(.enabled(if: canChangeUser))
    func `by default the file system keeps other users out`() async throws {
        let access = try #require(Self.settings)
        try await ServerFixture.run(access: access) { server in
            chmod(server.folder.path, 0o755)
            let answer = try ask(server, "system.ping", user: 5001, group: 5001)
            #expect(answer == "kept out")
        }
    }
}
