import OpsJSONRPC
import Testing

@testable import OpsCore

@Suite struct PluginEntryTests {
    @Test func `an entry has its own limits over those of all`() throws {
        let configuration = try Configuration(
            parsing: """
                {"schema": 1,
                 "defaults": {"call_timeout_ms": 7, "restart": {"max_ms": 8, "factor": 3}},
                 "plugins": [{"name": "cat", "exec": ["/bin/cat", "-u"],
                   "sha256": "\(String(repeating: "ab", count: 32))",
                   "env": {"SOME_NAME": "x"}, "env_from_files": {"Token": "/run/token"},
                   "grants": {"call": ["ticket.*"], "store": true, "routes": ["/cat/*"]},
                   "hooks": {"ticket.before_create": {"priority": 5, "on_error": "fail"}},
                   "policy": {"max_rss_bytes": 2097152, "restart": {"max_ms": 9}}}]}
                """)
        let cat = try #require(configuration.plugins.first)
        #expect(cat.exec == ["/bin/cat", "-u"])
        #expect(cat.environment == ["SOME_NAME": "x"])
        #expect(cat.environmentFiles == ["Token": "/run/token"])
        #expect(cat.grants?.call.map(\.description) == ["ticket.*"])
        let route = RouteDeclaration(path: "/cat/food", method: "cat.eat")
        #expect(cat.grants?.missing(for: route) == nil)
        let other = RouteDeclaration(path: "/dog", method: "cat.eat")
        #expect(cat.grants?.missing(for: other) == "grants.routes /dog")
        #expect(cat.hooks["ticket.before_create"]?.onError == .fail)
        #expect(cat.policy.callTimeoutMs == 7)
        #expect(cat.policy.maxRSSBytes == 2_097_152)
        #expect(cat.policy.restartPolicy.maxMs == 9)
        #expect(cat.policy.restartPolicy.factor == 3)
        #expect(cat.policy.restartPolicy.jitter == 1)
    }

    @Test(arguments: [
        (#""name":"Cat""#, "plugins[0].name must be 1 to 32 small letters"),
        (#""name":"cat","exec":[]"#, "plugins[0].exec must begin with a program"),
        (#""name":"cat","builtin":"dog""#, "plugins[0].builtin must be cat"),
        (#""name":"cat","builtin":"cat","exec":["x"]"#, "exec can't stand beside builtin"),
        (#""name":"cat","env":{"A":"b"}"#, "plugins[0].env is for plugins with exec only"),
        (#""name":"cat","exec":["x"],"sha256":"12""#, "plugins[0].sha256 must be 64"),
        (#""name":"cat","exec":["x"],"grants":{"calls":[]}"#, "plugins[0].grants.calls"),
        (#""name":"cat","exec":["x"],"grants":{"call":["a*"]}"#, "plugins[0].grants.call[0]"),
        (#""name":"cat","exec":["x"],"grants":{"routes":["x"]}"#, "grants.routes[0] must begin"),
        (#""name":"cat","hooks":{"a.b":{"on_error":"panic"}}"#, "plugins[0].hooks.a.b.on_error"),
        (
            #""name":"cat","policy":{"max_in_flight":0}"#,
            "plugins[0].policy.max_in_flight must be 1"
        ),
        (
            #""name":"cat","policy":{"restart":{"mode":"often"}}"#,
            "plugins[0].policy.restart.mode"
        ),
    ])
    func `a mistake is named by its place`(members: String, part: String) {
        let error = #expect(throws: PluginError.self) {
            try Configuration(parsing: #"{"schema":1,"plugins":[{\#(members)}]}"#)
        }
        #expect(error?.description.contains(part) == true, "\(error?.description ?? "")")
    }

    @Test func `a mistake in the limits of all is named there`() {
        let error = #expect(throws: PluginError.self) {
            try Configuration(
                parsing: #"{"schema":1,"defaults":{"restart":{"factor":0}},"plugins":[]}"#)
        }
        #expect(error?.description.contains("defaults.restart.factor must be 1") == true)
    }

    @Test func `a route without a token takes a grant of its own`() throws {
        let route = RouteDeclaration(path: "/cat/open", method: "cat.hear", isPublic: true)
        let claims = PluginClaims(
            calls: [], subscribes: [], emits: [], hooks: [], store: false, routes: [route])
        var grants = PluginGrants()
        grants.routes = ["/cat/*"]
        let error = #expect(throws: PluginError.self) {
            try claims.check(against: grants, of: "cat")
        }
        #expect(error?.message.hasSuffix("grants.public_routes /cat/open") == true)
        grants.publicRoutes = ["/cat/open"]
        try claims.check(against: grants, of: "cat")
    }
}
