import OpsJSONRPC
import Testing

@testable import OpsCore

@Suite struct AccessSettingsTests {
    private func settings(_ access: String) throws -> AccessSettings {
        try Configuration(parsing: #"{"schema":1,"plugins":[],"access":\#(access)}"#).access
    }

    @Test func `roles and members are read`() throws {
        let access = try settings(
            """
            {"roles": {"publisher": {"methods": ["check.submit", "metric.*"],
                "effects": ["read", "write"], "except": ["metric.labels"]}},
             "members": {"uid:1000": "publisher", "gid:27": "viewer", "user:root": "admin",
                "group:root": "operator"}}
            """)
        let role = try #require(access.roles.first)
        #expect(role.allows("check.submit", .write))
        #expect(role.allows("metric.query", .read))
        #expect(!role.allows("metric.labels", .read))
        #expect(!role.allows("check.submit", .destroy))
        #expect(!role.allows("check.list", .read))
        #expect(
            access.members == [
                .uid(1000): "publisher", .gid(27): "viewer", .user("root"): "admin",
                .group("root"): "operator",
            ])
        #expect(try settings("{}") == AccessSettings())
    }

    @Test(arguments: [
        ("[]", "access must be an object"),
        (#"{"role":{}}"#, "access.role is not a member; did you mean roles?"),
        (#"{"roles":{"admin":{}}}"#, "access.roles.admin is a role that is always there"),
        (#"{"roles":{"A b":{}}}"#, "access.roles.A b must be 1 to 64 of the characters"),
        (#"{"roles":{"x":{"methods":["*"]}}}"#, "access.roles.x.effects is required"),
        (
            #"{"roles":{"x":{"methods":["*"],"effects":["fly"]}}}"#,
            "access.roles.x.effects[0]"
        ),
        (
            #"{"roles":{"x":{"methods":["ch*"],"effects":[]}}}"#,
            #"access.roles.x.methods holds "ch*", which is no method"#
        ),
        (#"{"roles":{"x":5}}"#, "access.roles.x must be an object"),
        (
            #"{"members":{"alice":"viewer"}}"#,
            "access.members.alice must be uid:NUMBER, gid:NUMBER, user:NAME or group:NAME"
        ),
        (#"{"members":{"uid:-1":"viewer"}}"#, "access.members.uid:-1 must be uid:NUMBER"),
        (
            #"{"members":{"uid:1":"viewr"}}"#,
            "access.members.uid:1 names the role viewr, which does not exist; did you mean viewer?"
        ),
    ])
    func `a mistake is named by its place`(_ access: String, _ message: String) {
        let error = #expect(throws: PluginError.self) { try settings(access) }
        #expect(error?.code == .badSettings)
        #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
    }

    @Test func `a member whom the system does not know is named`() throws {
        let unknown = try settings(#"{"members":{"user:nobody-of-that-name":"viewer"}}"#)
        let error = #expect(throws: PluginError.self) { try AccessRules(unknown) }
        #expect(
            error?.message.contains(
                "access.members.user:nobody-of-that-name is not known to this system") == true)
    }

    @Test func `names stand for their numbers, and several roles add up`() throws {
        let rules = try AccessRules(
            settings(
                #"{"members":{"user:root":"viewer","group:root":"operator","gid:7":"viewer"}}"#))
        #expect(rules.roles(uid: 0, gids: [0, 7]).map(\.name) == ["viewer", "operator"])
        #expect(rules.roles(uid: 5, gids: [7]).map(\.name) == ["viewer"])
        #expect(rules.roles(uid: 5, gids: [5]).isEmpty)
        #expect(rules.hasMembers)
        #expect(!AccessRules().hasMembers)
    }
}
