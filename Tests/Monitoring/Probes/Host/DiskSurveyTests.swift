import Glibc
import OpsCore
import Testing

@testable import OpsMonitoring

@Suite struct DiskSurveyTests {
    private let usage = FileSystemUsage(
        totalBytes: 10, usedBytes: 1, availableBytes: 9, totalInodes: 0, freeInodes: 0)

    private func mounts(_ lines: String...) -> [MountPoint] {
        MountPoint.parse(lines.joined(separator: "\n"))
    }

    private var three: [MountPoint] {
        mounts(
            "1 0 8:1 / / rw - ext4 /dev/a rw", "2 1 0:9 / /far rw - nfs far:/x rw",
            "3 1 8:2 / /near rw - ext4 /dev/b rw")
    }

    @Test func `every disk that answers is reported, in the order of the paths`() {
        let survey = DiskSurvey(measure: { $0 == "/far" ? nil : self.usage })
        survey.carryOut(three)
        #expect(survey.conclude().map(\.mount.path) == ["/", "/near"])
    }

    @Test func `ignored mount points are not touched, nor what lies below them`() {
        let asked = Guarded<[String]>([])
        let survey = DiskSurvey(ignoring: ["/near", "/fa"]) { path in
            asked.withLock { $0.append(path) }
            return self.usage
        }
        survey.carryOut(three)
        #expect(asked.withLock { $0 } == ["/", "/far"])
    }

    @Test func `a disk that hangs is silent, is left alone, and is asked again once it came back`()
        async throws
    {
        let gate = HangingDisk(path: "/far", usage: usage)
        let survey = DiskSurvey(measure: gate.measure)
        let pool = WorkerPool(threads: 1, name: "survey-test")
        defer { pool.stop() }
        let mounts = three
        async let stuck: Void = pool.run { survey.carryOut(mounts) }
        await gate.isEntered()

        #expect(survey.conclude().map(\.usage) == [usage, nil])
        survey.carryOut(mounts)
        #expect(survey.conclude().map(\.usage) == [usage, nil, usage])
        #expect(gate.askedCount == 1)

        gate.release()
        try await stuck
        survey.carryOut(mounts)
        #expect(survey.conclude().map(\.usage) == [usage, usage, usage])
        #expect(gate.askedCount == 2)
    }

    @Test func `the host probe answers in time although a disk hangs`() async throws {
        let time = ManualTime()
        let gate = HangingDisk(path: "/srv/nfs", usage: usage)
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        for (name, text) in ["stat": ProcSamples.stat, "meminfo": ProcSamples.memory] {
            try folder.write("proc/\(name)", text)
        }
        try folder.write("proc/self/mountinfo", ProcSamples.mounts)
        try await withProbeTools(time: time, root: folder.path) { tools in
            let probe = HostProbe(
                tools, rules: HostRules(limits: HostLimits()),
                survey: DiskSurvey(measure: gate.measure))
            async let result = probe.run(timeout: .seconds(10))
            await gate.isEntered()
            await time.advance(by: .seconds(9))
            #expect(await result.state == .critical)
            #expect(await result.output == "Disk /srv/nfs does not answer (nfs4, server:/export)")
            #expect(await result.duration == .seconds(9))
            #expect(
                await result.metrics.contains(Metric("host_disk_answers", ["mount": "/srv/nfs"], 0))
            )
            gate.release()
        }
    }
}

/// A disk that does not answer until it is released.
private final class HangingDisk: Sendable {
    private let path: String
    private let usage: FileSystemUsage
    private let asked = Guarded(0)
    private let entered = AsyncStream<Void>.makeStream()
    /// A thread that reads from an empty pipe is as stuck as one in a dead file system.
    private let ends: (read: CInt, write: CInt)

    init(path: String, usage: FileSystemUsage) {
        self.path = path
        self.usage = usage
        var ends: [CInt] = [-1, -1]
        pipe(&ends)
        self.ends = (ends[0], ends[1])
    }

    deinit {
        close(ends.read)
        close(ends.write)
    }

    var askedCount: Int { asked.withLock { $0 } }

    var measure: @Sendable (String) -> FileSystemUsage? {
        { [self] path in
            guard path == self.path else { return usage }
            asked.withLock { $0 += 1 }
            entered.continuation.yield()
            var byte: UInt8 = 0
            _ = read(ends.read, &byte, 1)
            return usage
        }
    }

    func isEntered() async {
        var events = entered.stream.makeAsyncIterator()
        await events.next()
    }

    /// Lets everybody through who ever asks.
    func release() {
        let bytes = [UInt8](repeating: 0, count: 16)
        _ = write(ends.write, bytes, bytes.count)
    }
}
