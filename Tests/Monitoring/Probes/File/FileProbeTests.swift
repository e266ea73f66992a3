import Glibc
import OpsCore
import OpsJSONRPC
import Testing

@testable import OpsMonitoring

/// Against real files.
@Suite struct FileProbeTests {
    private func withFolder(_ body: (TemporaryFolder) async throws -> Void) async throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        try await body(folder)
    }

    private func run(
        _ path: String, time: any TimeSource = SystemTime(), timeout: Duration = .seconds(20),
        _ change: (inout FileCheck) -> Void = { _ in }
    ) async throws -> CheckResult {
        try await withProbeTools(time: time) { tools in
            var check = FileCheck()
            check.path = path
            change(&check)
            try check.validate()
            return await (try check.makeProbe(tools)).run(timeout: timeout)
        }
    }

    private func value(_ label: String, _ result: CheckResult) -> Double? {
        result.measurements.first { $0.label == label }?.value
    }

    @Test func `a file is there or not, and either may be well`() async throws {
        try await withFolder { folder in
            let file = try folder.write("a.txt", "hello")
            let there = try await run(file)
            #expect(there.state == .ok)
            #expect(there.output.hasPrefix("\(file): 5 bytes, changed "))
            #expect(value("files", there) == 1)
            #expect(value("size", there) == 5)
            let unwanted = try await run(file) { $0.presence = .absent }
            #expect(unwanted.state == .critical)
            #expect(unwanted.output.hasSuffix(": it is there"))
            let missing = try await run("\(file)/x")
            #expect(missing.state == .critical)
            #expect(missing.output == "\(file)/x is not there: expected 1 file at least")
            #expect(try await run("\(file)-b") { $0.presence = .absent }.state == .ok)
        }
    }

    @Test func `a pattern stands for several files, in several folders`() async throws {
        try await withFolder { folder in
            for name in ["a/one.log", "b/two.log", "b/.hidden.log", "b/three.txt"] {
                try folder.write(name, "12345")
            }
            let both = try await run("\(folder.path)/*/*.log") {
                $0.minFiles = 2
                $0.maxFiles = 2
            }
            #expect(both.state == .ok, "\(both.output)")
            #expect(both.output.contains("/*/*.log: 2 files, 10 bytes, the newest "))
            let many = try await run("\(folder.path)/[ab]/*") {
                $0.maxFiles = 2
                $0.sizeWarningBytes = 15
            }
            #expect(many.state == .critical)
            #expect(many.output.hasSuffix(": expected 2 files at most; 15 bytes or more"))
            let none = try await run("\(folder.path)/c/*")
            #expect(none.output.hasSuffix("/c/* is not there: expected 1 file at least"))
        }
    }

    @Test func `the newest or the oldest counts for the age`() async throws {
        try await withFolder { folder in
            try folder.write("new", "")
            let old = try folder.write("old", "")
            try ServerProgram.run(["touch", "--date", "3 hours ago", old])
            let later = ManualTime(start: SystemTime().now() + .seconds(7200))
            for (which, state, words) in [
                (AgedFile.newest, CheckState.warning, "the newest was changed 2 hours ago"),
                (.oldest, .critical, "the oldest was changed 5 hours ago"),
            ] {
                let result = try await run("\(folder.path)/*", time: later) {
                    $0.ageOf = which
                    $0.ageWarningMs = 3_600_000
                    $0.ageCriticalMs = 4 * 3_600_000
                }
                #expect(result.state == state)
                #expect(result.output.contains(words), "\(result.output)")
            }
        }
    }

    @Test func `kind, size, owner, group and rights are compared`() async throws {
        try await withFolder { folder in
            let file = try folder.write("secret", "x", mode: 0o600)
            let well = try await run(file) {
                $0.expectMode = "600"
                $0.expectOwner = "\(getuid())"
                $0.expectGroup = "\(getgid())"
                $0.fileType = .file
                $0.sizeMinBytes = 1
            }
            #expect(well.state == .ok, "\(well.output)")
            let wrong = try await run(file) {
                $0.expectMode = "0644"
                $0.expectOwner = "nobody"
                $0.fileType = .directory
                $0.sizeMinBytes = 2
            }
            #expect(wrong.state == .critical)
            #expect(
                wrong.output.hasSuffix(
                    ": secret is a file, not a directory; secret has less than 2 bytes; "
                        + "secret belongs to user \(getuid()), not 65534; "
                        + "secret has mode 0600, not 0644"))
            let lost = try await run(file) { $0.expectGroup = "no-such-group" }
            #expect(lost.state == .unknown)
            #expect(lost.output.hasSuffix(": there is no group no-such-group"))
        }
    }

    @Test func `the content of every file is looked at`() async throws {
        try await withFolder { folder in
            try folder.write("a.log", "started\nready\n")
            try folder.write("b.log", "started\nERROR 17\n")
            let result = try await run("\(folder.path)/*.log") {
                $0.expectContentRegex = "^ready$"
                $0.forbidContentRegex = "ERROR [0-9]+"
            }
            #expect(result.state == .critical)
            #expect(
                result.output.hasSuffix(
                    ": b.log does not match /^ready$/; b.log matches /ERROR [0-9]+/"))
            let good = try await run("\(folder.path)/a.log") { $0.expectContentRegex = "^ready$" }
            #expect(good.state == .ok)
        }
    }

    @Test func `what is not read is not known`() async throws {
        try await withFolder { folder in
            let file = try folder.write("large", String(repeating: "x", count: 100) + "ready")
            let cut = try await run(file) {
                $0.maxContentBytes = 100
                $0.expectContentRegex = "ready"
            }
            #expect(cut.state == .unknown)
            #expect(cut.output.hasSuffix(": large does not match /ready/ in the part that is read"))
            let forbidden = try await run(file) {
                $0.maxContentBytes = 100
                $0.forbidContentRegex = "ready"
            }
            #expect(forbidden.state == .unknown)
            #expect(forbidden.output.hasSuffix(": large is too large to be read to its end"))
            let exact = try await run(file) {
                $0.maxContentBytes = 105
                $0.forbidContentRegex = "[0-9]"
            }
            #expect(exact.state == .ok)
        }
    }

    @Test func `pipes, folders, devices and links in circles hold nobody`() async throws {
        try await withFolder { folder in
            let pipe = "\(folder.path)/pipe"
            mkfifo(pipe, 0o600)
            for path in [pipe, folder.path, "/dev/zero"] {
                let result = try await run(path) { $0.expectContentRegex = "x" }
                #expect(result.state == .critical)
                #expect(result.output.hasSuffix(" is no file that can be read"))
                #expect(try await run(path).state == .ok)
            }
            symlink("circle", "\(folder.path)/circle")
            let circle = try await run("\(folder.path)/circle")
            #expect(circle.state == .unknown)
            #expect(circle.output.contains("circle: too many levels of symbolic links"))
            symlink("nowhere", "\(folder.path)/broken")
            let broken = try await run("\(folder.path)/broken")
            #expect(broken.state == .unknown)
            #expect(broken.output.contains("broken: the link leads nowhere"))
        }
    }

    @Test func `a pattern that stands for too many files is refused, not cut`() async throws {
        try await withFolder { folder in
            try ServerProgram.run([
                "sh", "-c", "cd \(folder.path) && seq 10050 | xargs touch",
            ])
            let result = try await run("\(folder.path)/*")
            #expect(result.state == .unknown)
            #expect(result.output.hasSuffix(": more than 10000 files match"))
            let contents = try await run("\(folder.path)/1??") {
                $0.forbidContentRegex = "x"
                $0.sizeMinBytes = 0
            }
            #expect(contents.state == .ok)
            let reading = try await run("\(folder.path)/1???") { $0.forbidContentRegex = "x" }
            #expect(reading.output.hasSuffix(": more than 100 files would have to be read"))
        }
    }

    @Test(.enabled(if: HangingFolder.isPossible, "no file system can be mounted here"))
    func `a file system that hangs is critical in time, and holds up no other`() async throws {
        let hanging = try HangingFolder()
        try await withFolder { folder in
            let file = try folder.write("well", "x")
            try await withProbeTools { tools in
                var check = FileCheck()
                check.path = "\(hanging.path)/*"
                // More than there are threads for such file systems.
                let probes = try (0..<5).map { _ in try check.makeProbe(tools) }
                check.path = file
                let other = try check.makeProbe(tools)
                let results = await withTaskGroup(of: CheckResult.self) { group in
                    for probe in probes {
                        group.addTask { await probe.run(timeout: .milliseconds(300)) }
                    }
                    return await group.reduce(into: []) { $0.append($1) }
                }
                #expect(results.allSatisfy { $0.state == .critical })
                #expect(
                    results.allSatisfy {
                        $0.output.hasSuffix(": the file system does not answer")
                    })
                #expect(await other.run(timeout: .seconds(20)).state == .ok)
                hanging.letGo()
            }
        }
    }

    @Test func `members that cannot be are refused by name`() {
        var check = FileCheck()
        check.path = "etc/passwd"
        check.maxFiles = 0
        check.expectMode = "0888"
        check.expectContentRegex = "("
        check.ageWarningMs = 2
        check.ageCriticalMs = 1
        let error = #expect(throws: RPCError.self) { try check.validate() }
        #expect(
            error?.fields.map(\.path) == [
                "path", "max_files", "expect_mode", "expect_content_regex", "age_warning_ms",
            ])
        var absent = FileCheck()
        absent.path = "/x"
        absent.presence = .absent
        absent.sizeMinBytes = 1
        let contradiction = #expect(throws: RPCError.self) { try absent.validate() }
        #expect(contradiction?.fields.map(\.path) == ["presence"])
    }
}
