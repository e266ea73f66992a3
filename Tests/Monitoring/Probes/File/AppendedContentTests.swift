import Glibc
import OpsCore
import OpsJSONRPC
import OpsPattern
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

    @Test func `a file with two names is read once, and said for both`() async throws {
        try await withLog("*.log") { log in
            let (file, other) = ("\(log.folder.path)/app.log", "\(log.folder.path)/also.log")
            #expect(link(file, other) == 0)
            for _ in 0..<3 { #expect(await log.look() == .ok) }
            try log.append("ERROR\n")
            #expect(await log.look() == .critical)
            #expect(await log.look() == .ok)
        }
    }

    @Test func `a file that cannot be opened for a time is read on where it was`() async throws {
        try await withLog("link.log") { log in
            let (link, file) = ("\(log.folder.path)/link.log", "\(log.folder.path)/far/app.log")
            #expect(mkdir("\(log.folder.path)/far", 0o755) == 0)
            log.move("app.log", to: "far/app.log")
            func lead(to path: String) {
                unlink(link)
                #expect(symlink(path, link) == 0)
            }
            // From the first look on it may be so.
            for _ in 0..<2 {
                lead(to: link)
                #expect(await log.look() != .ok)
                lead(to: file)
                #expect(await log.look() == .ok)
                try log.append("fine\n", to: "far/app.log")
                #expect(await log.look() == .ok)
            }
            lead(to: link)
            try log.append("ERROR\n", to: "far/app.log")
            #expect(await log.look() != .ok)
            lead(to: file)
            #expect(await log.look() == .critical)
            #expect(await log.look() == .ok)
        }
    }

    @Test func `a log that is renamed is read to its end, however much that is`() async throws {
        try await withLog(maxBytes: 16) { log in
            #expect(await log.look() == .ok)
            try log.append("fine fine fine\nfine fine fine\nERROR\n")
            log.move("app.log", to: "app.log.1")
            try log.append("fine fine\n")
            #expect(await log.look() == .ok)
            #expect(await log.look() == .ok)
            #expect(await log.look() == .critical)
            #expect(await log.look() == .ok)
            // Who writes it has not noticed.
            log.move("app.log", to: "app.log.2")
            try log.append("", to: "app.log")
            #expect(await log.look() == .ok)
            try log.append("ERROR\n", to: "app.log.2")
            #expect(await log.look() == .critical)
            #expect(await log.look() == .ok)
        }
    }

    @Test func `both logs together are no more than a look takes`() async throws {
        try await withLog(maxBytes: 16) { log in
            #expect(await log.look() == .ok)
            try log.append("fine fine\n")
            log.move("app.log", to: "app.log.1")
            try log.append("ERROR now\n")
            #expect(await log.look() == .ok)
            #expect(await log.look() == .critical)
            #expect(await log.look() == .ok)
        }
    }

    @Test func `what a look found that came too late is found by the next one`() async throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let file = try folder.write("a.log", "")
        let request = FileRequest(
            path: file, forbidden: try Pattern("ERROR", .lines), appended: AppendedContent())
        var gate: [CInt] = [0, 0]
        try #require(pipe(&gate) == 0)
        let (exit, entry) = (gate[0], gate[1])
        let isHeld = Guarded(false)
        try await withProbeTools { tools in
            let rules = FileRules(
                path: file, limits: FileLimits(), expected: nil, forbidden: "ERROR")
            let probe = FileProbe(tools, request: request, rules: rules) { request in
                let snapshot = FileSurvey.look(request)
                var byte: UInt8 = 0
                if isHeld.withLock({ $0 }) { _ = read(exit, &byte, 1) }
                return snapshot
            }
            #expect(await probe.run(timeout: .seconds(20)).state == .ok)
            try folder.write("a.log", "ERROR\n")
            isHeld.withLock { $0 = true }
            let late = await probe.run(timeout: .milliseconds(300))
            #expect(late.output.contains(FileRules.silence))
            isHeld.withLock { $0 = false }
            #expect(write(entry, [1], 1) == 1)
            #expect(await probe.run(timeout: .seconds(20)).output.contains("ERROR"))
            #expect(await probe.run(timeout: .seconds(20)).state == .ok)
        }
        close(exit)
        close(entry)
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
