import OpsJSONRPC
import OpsToken
import Testing

@testable import OpsCore

/// A platform with members, called as one of them.
struct AccessFixture {
    let platform: Platform
    let time: ManualTime
    let file: Guarded<Configuration?>
    let base: PlatformFixture

    static let members = """
        {"roles": {"greeter": {"methods": ["tame.greet"], "effects": ["read", "write"]}},
         "members": {"uid:5001": "viewer", "uid:5002": "operator", "gid:5100": "greeter",
            "uid:5003": "admin"}}
        """

    static func configuration(_ access: String = members) throws -> Configuration {
        try Configuration(
            parsing: #"{"schema":1,"plugins":[{"name":"tame"}],"access":\#(access)}"#)
    }

    static func run(
        in folder: StoreFolder? = nil, access: String = members,
        _ body: (AccessFixture) async throws -> Void
    ) async throws {
        let base = try PlatformFixture(folder)
        var options = base.options([])
        options.configuration = try configuration(access)
        let platform = try await Platform.start(options)
        let fixture = AccessFixture(
            platform: platform, time: base.time, file: base.file, base: base)
        do {
            try await body(fixture)
        } catch {
            await platform.stop()
            throw error
        }
        await platform.stop()
    }

    /// Calls as a local user.
    @discardableResult
    func call(
        _ method: String, _ params: JSON = [:], uid: UInt32, gids: [UInt32] = []
    ) async throws(RPCError) -> JSON {
        try await call(method, params, as: platform.access.admit(uid: uid, gids: gids))
    }

    /// Calls with a token.
    @discardableResult
    func call(_ method: String, _ params: JSON = [:], token: String) async throws(RPCError) -> JSON
    {
        try await call(method, params, as: platform.access.admit(token: token))
    }

    @discardableResult
    func call(
        _ method: String, _ params: JSON = [:], as admission: Admission
    ) async throws(RPCError) -> JSON {
        try await platform.dispatcher.call(
            method, params, as: admission.principal, access: admission.access)
    }

    /// The kind of error that the call is refused with.
    func refusal(
        _ method: String, _ params: JSON = [:], uid: UInt32, gids: [UInt32] = []
    ) async -> String? {
        do throws(RPCError) {
            _ = try await call(method, params, uid: uid, gids: gids)
            return nil
        } catch { return error.kind }
    }

    /// The kind of error that the call is refused with.
    func refusal(_ method: String, _ params: JSON = [:], token: String) async -> String? {
        do throws(RPCError) {
            _ = try await call(method, params, token: token)
            return nil
        } catch { return error.kind }
    }

    /// Makes a token.
    func token(_ params: JSON.Object) async throws -> String {
        var params = params
        params["name"] = "a test"
        let made = try await platform.call("token.create", .object(params))
        return try #require(made["token"]?.string)
    }

    /// The rows of the audit log that say what was denied, oldest first.
    func denials() async throws -> [JSON] {
        // Nobody waits for denials to be written; what is written after them does.
        try await platform.store.writeUnaudited { _ in }
        return try await platform.store.read { tx in
            try tx.rows("SELECT * FROM audit WHERE action = 'denied' ORDER BY seq").map { row in
                [
                    "principal": .string(try row.text("principal")),
                    "method": .string(try row.text("method")),
                    "outcome": .string(try row.text("outcome")),
                    "count": try row.json("after")["count"] ?? .null,
                ]
            }
        }
    }
}
