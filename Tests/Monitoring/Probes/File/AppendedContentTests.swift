import Glibc
import OpsCore
import OpsJSONRPC
import Testing

@testable import OpsMonitoring

/// Checks that judge only what was appended to real files.
@Suite struct AppendedContentTests {
    /// A check of the logs of a folder, and what it says of them.
    private final class Log {
        let folder: TemporaryFolder
        let probe: any Probe

        init(
            _ folder: TemporaryFolder, _ tools: ProbeTools, _ pattern: String = "app.log",
            maxBytes: Int = 1 << 20
        ) throws {
            self.folder = folder
            var check = FileCheck()
            check.path = "\(folder.path)/\(pattern)"
            check.forbidContentRegex = "ERROR"
            check.contentPart = .appended
            check.maxContentBytes = maxBytes
            try check.validate()
            probe = try check.makeProbe(tools)
        }

        func append(_ text: String, to name: String = "app.log") throws {
            let file = try #require(fopen("\(folder.path)/\(name)", "a"))
            fputs(text, file)
            fclose(file)
        }

        func move(_ name: String, to other: String) {
            rename("\(folder.path)/\(name)", "\(folder.path)/\(other)")
        }

        func look() async -> CheckState { await probe.run(timeout: .seconds(20)).state }
    }

    private func withLog(
        _ pattern: String = "app.log", maxBytes: Int = 1 << 20, _ body: (Log) async throws -> Void
    ) async throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        try folder.write("app.log", "ERROR of yesterday\n")
        try await withProbeTools { tools in
            try await body(try Log(folder, tools, pattern, maxBytes: maxBytes))
        }
    }

    @Test func `what was there at the first look is not judged, what is added is, once`()
        async throws
    {
        try await withLog { log in
            #expect(await log.look() == .ok)
            #expect(await log.look() == .ok)
            try log.append("fine\nERROR of today\nfine\n")
            #expect(await log.look() == .critical)
            #expect(await log.look() == .ok)
        }
    }

    @Test func `a line is judged when it is complete`() async throws {
        try await withLog { log in
            #expect(await log.look() == .ok)
            try log.append("ERR")
            #expect(await log.look() == .ok)
            try log.append("OR in two parts\n")
            #expect(await log.look() == .critical)
            #expect(await log.look() == .ok)
        }
    }

    @Test func `a log that is renamed is read to its end, and the new one from its beginning`()
        async throws
    {
        try await withLog { log in
            #expect(await log.look() == .ok)
            try log.append("ERROR just before\n")
            log.move("app.log", to: "app.log.1")
            try log.append("fine\n")
            #expect(await log.look() == .critical)
            #expect(await log.look() == .ok)
            log.move("app.log.1", to: "app.log.2")
            log.move("app.log", to: "app.log.1")
            try log.append("ERROR just after\n")
            #expect(await log.look() == .critical)
            #expect(await log.look() == .ok)
        }
    }

    @Test func `a log that is copied and cut is read from its beginning`() async throws {
        try await withLog { log in
            #expect(await log.look() == .ok)
            #expect(truncate("\(log.folder.path)/app.log", 0) == 0)
            #expect(await log.look() == .ok)
            try log.append("ERROR\n")
            #expect(await log.look() == .critical)
            #expect(await log.look() == .ok)
        }
    }

    @Test func `files that a pattern stands for are told apart, also when they change names`()
        async throws
    {
        try await withLog("app.log*") { log in
            try log.append("ERROR of old\n", to: "app.log.1")
            #expect(await log.look() == .ok)
            log.move("app.log.1", to: "app.log.2")
            log.move("app.log", to: "app.log.1")
            try log.append("fine\n")
            #expect(await log.look() == .ok)
            try log.append("ERROR\n", to: "app.log.1")
            #expect(await log.look() == .critical)
        }
    }

    @Test func `what is too much for one look is read by the next ones`() async throws {
        try await withLog(maxBytes: 16) { log in
            #expect(await log.look() == .ok)
            try log.append("fine fine fine\nfine fine fine\nERROR\n")
            #expect(await log.look() == .ok)
            #expect(await log.look() == .ok)
            #expect(await log.look() == .critical)
            #expect(await log.look() == .ok)
        }
    }

    @Test func `an expected line has to be among what is added`() async throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let file = try folder.write("a.log", "done\n")
        try await withProbeTools { tools in
            var check = FileCheck()
            check.path = file
            check.expectContentRegex = "^done$"
            check.contentPart = .appended
            let probe = try check.makeProbe(tools)
            #expect(await probe.run(timeout: .seconds(20)).state == .ok)
            #expect(await probe.run(timeout: .seconds(20)).state == .critical)
            try folder.write("a.log", "done\nbegun\ndone\n")
            #expect(await probe.run(timeout: .seconds(20)).state == .ok)
        }
    }

    @Test func `it needs something to look for, and is believed at once`() {
        var check = FileCheck()
        check.path = "/x"
        check.contentPart = .appended
        let error = #expect(throws: RPCError.self) { try check.validate() }
        #expect(error?.fields.map(\.path) == ["content_part"])
        var wish = CreateCheck()
        (wish.name, wish.type) = ("log", "file")
        wish.members = ["content_part": "appended"]
        #expect(CheckDefinition(wish).maxAttempts == 1)
        wish.members = ["content_part": "whole"]
        #expect(CheckDefinition(wish).maxAttempts == 3)
    }
}
