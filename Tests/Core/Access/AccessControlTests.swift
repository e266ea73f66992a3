import Glibc
import OpsJSONRPC
import Testing

@testable import OpsCore

@Suite("Who may do what", .timeLimit(.minutes(2)))
struct AccessControlTests {
    @Test func `root and the daemon's own user may do everything`() async throws {
        try await AccessFixture.run { fixture in
            #expect(fixture.platform.access.admit(uid: 0, gids: []).access == nil)
            let own = fixture.platform.access.admit(uid: geteuid(), gids: [])
            #expect(own.access == nil)
            #expect(own.principal == .user(geteuid()))
        }
    }

    @Test func `a role allows its methods as far as their effects go`() async throws {
        try await AccessFixture.run { fixture in
            #expect(await fixture.refusal("plugin.list", uid: 5001) == nil)
            #expect(await fixture.refusal("system.reload", uid: 5001) == "forbidden")
            #expect(
                await fixture.refusal("token.create", ["name": "x"], uid: 5001) == "forbidden")
            #expect(await fixture.refusal("system.reload", uid: 5002) == "forbidden")
            #expect(
                await fixture.refusal(
                    "link.create", ["from": "a:1", "relation": "r", "to": "b:1"], uid: 5002) == nil)
            #expect(await fixture.refusal("tame.greet", uid: 9, gids: [1, 5100]) == nil)
            #expect(await fixture.refusal("plugin.list", uid: 9, gids: [5100]) == "forbidden")
            #expect(await fixture.refusal("plugin.list", uid: 5001, gids: [5100]) == nil)
            #expect(await fixture.refusal("system.reload", uid: 5003) != "forbidden")
        }
    }

    @Test func `who has no role can only be told that the daemon lives, and use a token`()
        async throws
    {
        try await AccessFixture.run { fixture in
            #expect(await fixture.refusal("system.ping", uid: 9) == nil)
            #expect(await fixture.refusal("rpc.discover", uid: 9) == "forbidden")
            #expect(await fixture.refusal("plugin.list", uid: 9) == "forbidden")
            #expect(await fixture.refusal("rpc.discover", uid: 9, gids: [5100]) == nil)
            let error = await #expect(throws: RPCError.self) {
                try await fixture.call("plugin.list", uid: 9)
            }
            #expect(error?.message == "uid:9 has no role here.")
            #expect(error?.hint?.contains("--token-file") == true)
        }
    }

    @Test func `a plugin that fails in a reload keeps nobody's rights from changing`() async throws
    {
        try await AccessFixture.run { fixture in
            let changed = try Configuration(
                parsing: """
                    {"schema": 1, "access": {"members": {"uid:9": "viewer"}},
                     "plugins": [{"name": "tame"}, {"name": "cat", "exec": ["/bin/false"]}]}
                    """)
            fixture.file.withLock { $0 = changed }
            let error = await fixture.platform.error("system.reload")
            #expect(error?.message.contains("Everything was reloaded but cat") == true)
            #expect(await fixture.refusal("plugin.list", uid: 5001) == "forbidden")
            #expect(await fixture.refusal("plugin.list", uid: 9) == nil)
            let rows = try await fixture.platform.call("audit.list", ["method": "system.reload"])
            #expect(rows["items"]?[0]?["outcome"] == "reload_failed")
        }
    }

    @Test func `one user has one role`() async throws {
        let members = #"{"members": {"uid:0": "viewer", "user:root": "admin"}}"#
        let error = await #expect(throws: PluginError.self) {
            try await AccessFixture.run(access: members) { _ in }
        }
        #expect(
            error?.message.contains("access.members.user:root means the same as uid:0") == true)
    }

    @Test func `a reload reaches those who are there already, both ways`() async throws {
        try await AccessFixture.run { fixture in
            let viewer = fixture.platform.access.admit(uid: 5001, gids: [])
            let stranger = fixture.platform.access.admit(uid: 9, gids: [])
            _ = try await fixture.call("plugin.list", as: viewer)
            #expect(viewer.access?.end == nil)
            let changed = try AccessFixture.configuration(#"{"members":{"uid:9":"viewer"}}"#)
            fixture.file.withLock { $0 = changed }
            _ = try await fixture.platform.call("system.reload")
            await #expect(throws: RPCError.self) {
                try await fixture.call("plugin.list", as: viewer)
            }
            #expect(viewer.access?.end?.kind == "forbidden")
            _ = try await fixture.call("plugin.list", as: stranger)
            #expect(stranger.access?.end == nil)
        }
    }

    @Test func `a reload with an unknown member changes nothing`() async throws {
        try await AccessFixture.run { fixture in
            let bad = try AccessFixture.configuration(
                #"{"members":{"user:no-such-user":"viewer"}}"#)
            fixture.file.withLock { $0 = bad }
            let error = await #expect(throws: RPCError.self) {
                try await fixture.platform.call("system.reload")
            }
            #expect(error?.message.contains("access.members.user:no-such-user") == true)
            #expect(await fixture.refusal("plugin.list", uid: 5001) == nil)
        }
    }

    // MARK: - Denials

    @Test func `a denial is in the audit log, and the same again is counted`() async throws {
        try await AccessFixture.run { fixture in
            for _ in 0..<5 { _ = await fixture.refusal("system.reload", uid: 5001) }
            _ = await fixture.refusal("system.reload", uid: 5002)
            let first: [JSON] = [
                [
                    "principal": "uid:5001", "method": "system.reload", "outcome": "forbidden",
                    "count": 1,
                ],
                [
                    "principal": "uid:5002", "method": "system.reload", "outcome": "forbidden",
                    "count": 1,
                ],
            ]
            #expect(try await fixture.denials() == first)
            await fixture.time.advance(by: .seconds(61))
            let all = try await fixture.denials()
            #expect(all.count == 3)
            #expect(all.last?["count"] == 4)
            #expect(try await fixture.platform.store.verifyAudit().finding == nil)
        }
    }

    @Test func `a flood of denials of all kinds leaves a bounded number of rows`() async throws {
        let folder = try StoreFolder()
        try await AccessFixture.run(in: folder) { fixture in
            try await fixture.platform.loop.perform {
                for number in 0..<20_000 {
                    fixture.platform.access.noteDenial(
                        of: "x.m\(number % 100)", to: Principal("uid:\(number % 3000)"),
                        .forbidden("no"))
                }
            }
            let rows = try await fixture.denials()
            #expect(rows.count <= 1025)
            #expect(rows.contains { $0["principal"] == "*" })
        }
        // What was counted is written at the end.
        try await AccessFixture.run(in: folder) { fixture in
            let counts = try await fixture.denials().compactMap { $0["count"]?.int }
            #expect(counts.reduce(0, +) == 20_000)
        }
    }

    @Test func `the audit log is asked by what it holds`() async throws {
        try await AccessFixture.run { fixture in
            _ = await fixture.refusal("system.reload", uid: 5001)
            _ = try await fixture.call(
                "link.create", ["from": "a:1", "relation": "r", "to": "b:1"], uid: 5002)
            func list(_ params: JSON) async throws -> [JSON] {
                try await fixture.platform.call("audit.list", params)["items"]?.array ?? []
            }
            #expect(
                try await list(["outcome": "forbidden"]).map { $0["principal"] } == ["uid:5001"])
            let written = try await list(["method": "link.create"])
            #expect(written.map { $0["principal"] } == ["uid:5002"])
            #expect(written.first?["outcome"] == "ok")
            #expect(written.first?["request_id"]?.string?.hasPrefix("r") == true)
            #expect(try await list(["principal": "uid:5001"]).count == 1)
            #expect(
                try await list(["outcome": "ok"]).contains { $0["action"] == "denied" } == false)
            let now = JSON.string(fixture.time.now().description)
            #expect(try await list(["until": now]).isEmpty)
            #expect(try await list(["since": now, "limit": 1]).count == 1)
            let verified = try await fixture.call("audit.verify", uid: 5001)
            #expect(verified["ok"] == true)
            let head = try #require(verified["head"])
            #expect(
                try await fixture.call("audit.verify", ["expected_head": head], uid: 5001)["ok"]
                    == true)
            let bad = await #expect(throws: RPCError.self) {
                try await fixture.call("audit.verify", ["expected_head": "12:zz"], uid: 5001)
            }
            #expect(bad?.fields.first?.path == "expected_head")
        }
    }
}
