import Glibc
import OpsJSONRPC
import OpsToken
import Testing

@testable import OpsCore

@Suite("Tokens", .timeLimit(.minutes(2)))
struct TokenTests {
    @Test func `a token acts in its role, as far as its restrictions go`() async throws {
        try await AccessFixture.run { fixture in
            let token = try await fixture.token([
                "role": "operator", "methods": ["tame.*", "link.create"],
                "params": ["who^a", "from!"],
            ])
            #expect(await fixture.refusal("tame.greet", ["who": "anna"], token: token) == nil)
            #expect(
                await fixture.refusal("tame.greet", ["who": "bob"], token: token) == "forbidden")
            #expect(await fixture.refusal("tame.greet", ["anna"], token: token) == "forbidden")
            #expect(await fixture.refusal("tame.greet", token: token) == "forbidden")
            #expect(await fixture.refusal("plugin.list", token: token) == "forbidden")
            #expect(await fixture.refusal("rpc.discover", token: token) == nil)
            let error = await #expect(throws: RPCError.self) {
                try await fixture.call("plugin.list", token: token)
            }
            #expect(
                error?.message == "The token 1 may not make this call of plugin.list: it allows "
                    + "only the methods tame.* or link.create.")
        }
    }

    @Test func `a restriction that was added offline holds`() async throws {
        try await AccessFixture.run { fixture in
            let token = try await fixture.token(["role": "admin"])
            #expect(await fixture.refusal("plugin.list", token: token) == nil)
            let narrowed = try Token(parsing: token).narrowed(by: .effects(["write"])).text
            #expect(await fixture.refusal("plugin.list", token: narrowed) == "forbidden")
            #expect(await fixture.refusal("plugin.list", token: token) == nil)
        }
    }

    @Test func `a token is valid from its first moment to its last`() async throws {
        try await AccessFixture.run { fixture in
            let (first, last) = (
                fixture.time.now() + .seconds(10), fixture.time.now() + .seconds(20)
            )
            let token = try await fixture.token([
                "role": "viewer", "not_before": .string(first.description),
                "not_after": .string(last.description),
            ])
            #expect(await fixture.refusal("plugin.list", token: token) == "unauthenticated")
            await fixture.time.advance(by: .seconds(10))
            let admission = try fixture.platform.access.admit(token: token)
            _ = try await fixture.call("plugin.list", as: admission)
            await fixture.time.advance(by: .seconds(10))
            _ = try await fixture.call("plugin.list", as: admission)
            await fixture.time.advance(by: .milliseconds(1))
            let error = await #expect(throws: RPCError.self) {
                try await fixture.call("plugin.list", as: admission)
            }
            #expect(error?.code == 1001)
            #expect(admission.access?.end?.message.contains("expired") == true)
        }
    }

    @Test func `a rate is shared by all that descend from the restriction`() async throws {
        try await AccessFixture.run { fixture in
            let token = try await fixture.token(["role": "viewer", "rate": "2/60"])
            let child = try Token(parsing: token).narrowed(by: .effects(["read"])).text
            #expect(await fixture.refusal("plugin.list", token: token) == nil)
            #expect(await fixture.refusal("plugin.list", token: child) == nil)
            let error = await #expect(throws: RPCError.self) {
                try await fixture.call("plugin.list", token: child)
            }
            #expect(error?.kind == "rate_limited")
            #expect(error?.retryAfterMs == 30_000)
            await fixture.time.advance(by: .seconds(30))
            #expect(await fixture.refusal("plugin.list", token: token) == nil)
            // A call that is refused anyhow uses nothing up.
            #expect(await fixture.refusal("system.reload", token: token) == "forbidden")
        }
    }

    @Test func `revoking a token ends it and all that were narrowed from it, for good`()
        async throws
    {
        let folder = try StoreFolder()
        var token = ""
        try await AccessFixture.run(in: folder) { fixture in
            token = try await fixture.token(["role": "viewer"])
            let child = try Token(parsing: token).narrowed(by: .effects(["read"])).text
            let admission = try fixture.platform.access.admit(token: child)
            _ = try await fixture.call("plugin.list", as: admission)
            _ = try await fixture.platform.call(
                "token.revoke", ["token": "token:1", "_meta": ["dry_run": true]])
            _ = try await fixture.call("plugin.list", as: admission)
            let revoked = try await fixture.platform.call("token.revoke", ["token": "token:1"])
            #expect(revoked["revoked_at"]?.string != nil)
            #expect(
                try await fixture.platform.call("token.revoke", ["token": "token:1"]) == revoked)
            for text in [token, child] {
                #expect(await fixture.refusal("plugin.list", token: text) == "unauthenticated")
            }
            await #expect(throws: RPCError.self) {
                try await fixture.call("plugin.list", as: admission)
            }
            #expect(admission.access?.end?.message == "The token 1 was revoked.")
            let missing = await #expect(throws: RPCError.self) {
                try await fixture.platform.call("token.revoke", ["token": "token:7"])
            }
            #expect(missing?.kind == "not_found")
        }
        try await AccessFixture.run(in: folder) { fixture in
            #expect(await fixture.refusal("plugin.list", token: token) == "unauthenticated")
        }
    }

    @Test func `tokens outlive a restart, but not their key`() async throws {
        let folder = try StoreFolder()
        var token = ""
        try await AccessFixture.run(in: folder) { token = try await $0.token(["role": "viewer"]) }
        try await AccessFixture.run(in: folder) { fixture in
            #expect(await fixture.refusal("plugin.list", token: token) == nil)
            var status = stat()
            #expect(stat(folder.folder + "/token.key", &status) == 0)
            #expect(status.st_mode == S_IFREG | 0o600)
            #expect(status.st_size == 32)
        }
        unlink(folder.folder + "/token.key")
        try await AccessFixture.run(in: folder) { fixture in
            #expect(await fixture.refusal("plugin.list", token: token) == "unauthenticated")
            #expect(fixture.base.log.entries.contains { $0.contains("all tokens are worthless") })
        }
    }

    @Test func `a key that others can read, or that is none, stops the start`() async throws {
        let folder = try StoreFolder()
        try await AccessFixture.run(in: folder) { _ = try await $0.token(["role": "viewer"]) }
        let key = folder.folder + "/token.key"
        chmod(key, 0o640)
        let error = await #expect(throws: TokenKeyError.self) {
            try await AccessFixture.run(in: folder) { _ in }
        }
        #expect(error?.description.contains("chmod 600") == true)
        chmod(key, 0o600)
        truncate(key, 31)
        await #expect(throws: TokenKeyError.self) {
            try await AccessFixture.run(in: folder) { _ in }
        }
    }

    @Test func `an unknown kind of restriction closes the token`() async throws {
        try await AccessFixture.run { fixture in
            let token = try await fixture.token(["role": "viewer"])
            let narrowed = try TokenForge.append(#"{"moon":"full"}"#, to: token)
            let error = #expect(throws: RPCError.self) {
                try fixture.platform.access.admit(token: narrowed)
            }
            #expect(
                error?.message
                    == "The token is restricted in a way that this OpsLoop does not know.")
        }
    }

    @Test func `nobody makes a token that can do more than himself`() async throws {
        let access = """
            {"roles": {"maker": {"methods": ["token.*", "plugin.list"],
                "effects": ["read", "write"]}},
             "members": {"uid:5001": "maker", "gid:5100": "viewer", "uid:5003": "admin"}}
            """
        try await AccessFixture.run(access: access) { fixture in
            let made = try await fixture.call("token.create", ["name": "own"], uid: 5001)
            #expect(made["role"] == "maker")
            let token = try #require(made["token"]?.string)
            #expect(await fixture.refusal("plugin.list", token: token) == nil)
            for role in ["admin", "viewer"] {
                #expect(
                    await fixture.refusal(
                        "token.create", ["name": "x", "role": .string(role)], uid: 5001)
                        == "forbidden")
            }
            #expect(
                await fixture.refusal("token.create", ["name": "x"], token: token) == "forbidden")
            #expect(
                await fixture.refusal("token.create", ["name": "x"], uid: 5001, gids: [5100])
                    == "invalid_params")
            let admin = try await fixture.call(
                "token.create", ["name": "x", "role": "admin"], uid: 5003)
            #expect(admin["role"] == "admin")
        }
    }

    @Test func `a token that could do everything does not come about by leaving something out`()
        async throws
    {
        try await AccessFixture.run { fixture in
            let error = await #expect(throws: RPCError.self) {
                try await fixture.platform.call("token.create", ["name": "x"])
            }
            #expect(error?.fields.first?.path == "role")
        }
    }

    @Test(
        arguments: [
            (["role": "nobody"], "role"), (["methods": ["ch*"]], "methods"),
            (["effects": ["fly"]], "effects[0]"), (["params": ["x"]], "params[0]"),
            (["rate": "often"], "rate"), (["not_after": "tomorrow"], "not_after"),
        ] as [(JSON.Object, String)])
    func `a mistake in a new token is named`(_ params: JSON.Object, _ path: String) async throws {
        try await AccessFixture.run { fixture in
            var params = params
            params["name"] = "x"
            if params["role"] == nil { params["role"] = "viewer" }
            let error = await #expect(throws: RPCError.self) {
                try await fixture.platform.call("token.create", .object(params))
            }
            #expect(error?.fields.first?.path == path)
        }
    }

    @Test func `the token is said once, and nowhere else`() async throws {
        try await AccessFixture.run { fixture in
            let rehearsed = try await fixture.platform.call(
                "token.create",
                ["name": "x", "role": "viewer", "_meta": ["dry_run": true]])
            #expect(rehearsed["token"] == nil)
            #expect(try await fixture.platform.call("token.list")["items"] == [])

            let params: JSON = [
                "name": "x", "role": "viewer", "_meta": ["idempotency_key": "once"],
            ]
            let made = try await fixture.platform.call("token.create", params)
            let token = try #require(made["token"]?.string)
            let again = try await fixture.platform.call("token.create", params)
            #expect(again["ref"] == made["ref"])
            #expect(again["token"] == nil)

            let secret = String(token.dropFirst(6).prefix(20))
            _ = await fixture.refusal("token.use", ["token": .string(token + "x")], uid: 9)
            let listed = try await fixture.platform.call("token.list", ["revoked": true])
            #expect(listed["items"]?[0]?["name"] == "x")
            let audit = try await fixture.platform.call("audit.list")
            let memory = try await fixture.platform.store.read { tx in
                try tx.rows("SELECT result FROM call_result").map { try $0.text("result") }
            }
            for text in [listed.text, audit.text] + memory + fixture.base.log.entries {
                #expect(!text.contains(secret))
            }
            #expect(memory.count == 1)
        }
    }

    @Test func `a connection acts as the token that it has shown`() async throws {
        try await AccessFixture.run { fixture in
            let token = try await fixture.token(["role": "viewer", "methods": ["plugin.list"]])
            let admission = fixture.platform.access.admit(uid: 9, gids: [])
            let caller = Caller(
                principal: admission.principal, access: admission.access, session: nil)
            func ask(_ text: String) async throws -> JSON {
                let lines = Journal<String>()
                let dispatcher = fixture.platform.dispatcher
                try await fixture.platform.loop.perform {
                    let message = Array(text.utf8).withUnsafeBufferPointer {
                        MessageParser.parse($0, MessageLimits())
                    }
                    var out: [UInt8] = []
                    dispatcher.answer(message, from: caller, into: &out) {
                        lines.add(String(decoding: $0, as: UTF8.self))
                    }
                    if !out.isEmpty { lines.add(String(decoding: out, as: UTF8.self)) }
                }
                while lines.entries.isEmpty { await Task.yield() }
                return try JSON.parse(lines.entries[0])
            }
            let list = #"{"jsonrpc":"2.0","id":1,"method":"plugin.list"}"#
            #expect(try await ask(list)["error"]?["code"] == 1002)
            let used = try await ask(
                #"{"jsonrpc":"2.0","id":2,"method":"token.use","params":{"token":"\#(token)"}}"#)
            #expect(used["result"] == ["principal": "token:1"])
            #expect(try await ask(list)["result"]?["items"] != nil)
            let other = #"{"jsonrpc":"2.0","id":3,"method":"audit.list"}"#
            #expect(try await ask(other)["error"]?["code"] == 1002)
        }
    }
}
