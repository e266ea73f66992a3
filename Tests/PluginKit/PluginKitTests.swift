import OpsJSONRPC
import OpsPluginKit
import TestClient
import Testing

/// The kit lets good plugins pass and tells what is wrong with the others.
@Suite("The kit for plugins", .timeLimit(.minutes(3)))
struct PluginKitTests {
    private func failures(_ misdeed: String, only text: String = "") async throws -> [String] {
        try await aside {
            let plugin = try MisbehavingPlugin(misdeed)
            let kit = PluginKit { try PluginProcess(plugin.command, in: $0) }
            return try kit.run(only: text).filter { $0.outcome == .failed }.map(\.name)
        }
    }

    @Test func `a plugin that does everything right passes`() async throws {
        #expect(try await failures("none").isEmpty)
    }

    @Test(arguments: [
        ("foreign method", "describes itself with a manifest that OpsLoop accepts"),
        ("no version", "describes itself with a manifest that OpsLoop accepts"),
        ("side effect", "describes itself twice alike and touches nothing"),
        ("any config", "refuses a bad configuration and names the member"),
        ("claims", "claims no more than its manifest"),
        ("ill", "says that it is well"),
        ("fails inside", "answers every method"),
        ("unnamed field", "survives bad parameters and names the field"),
        ("answers all", "refuses a method that it does not have"),
        ("wrong example", "does what its examples say"),
        ("dry run", "changes nothing on a dry run"),
        ("answers twice", "answers a cancelled call exactly once"),
        ("dies of garbage", "survives lines that are no requests"),
        ("odd hook", "answers its hooks in time, whatever they are given"),
        ("slow hook", "answers its hooks in time, whatever they are given"),
        ("ignores the end", "ends within 5 s when its input ends"),
        ("ignores SIGTERM", "ends within 5 s on SIGTERM"),
        ("prints", "says what it is when it is asked"),
        ("does not start", "says what it is when it is asked"),
    ])
    func `a misdeed is found by its case`(misdeed: String, finding: String) async throws {
        #expect(try await failures(misdeed, only: finding).contains(finding))
    }

    @Test func `a report says what was found and what the plugin said last`() async throws {
        let report = try await aside {
            let plugin = try MisbehavingPlugin("dies of garbage")
            let kit = PluginKit { try PluginProcess(plugin.command, in: $0) }
            return try kit.run(only: "no requests").first { $0.outcome == .failed }
        }
        #expect(report?.detail?.contains("exit status 1") == true)
        #expect(report?.errors == ["garbage"])
        #expect(report?.transcript.contains("> garbage") == true)
        #expect(report?.json["outcome"] == "failed")
    }
}
