import Testing

@testable import OpsMonitoring

@Suite struct HostRulesTests {
    private var limits = HostLimits(
        disk: Limits(warning: 0.9, critical: 0.95), inodes: Limits(warning: 0.9, critical: 0.95),
        memory: Limits(warning: 0.9, critical: 0.95))

    private func mount(_ path: String, used: Double, inodes: Double = 0.1) throws -> MountReport {
        let line = "1 2 8:1 / \(path) rw - ext4 /dev/\(path.dropFirst()) rw"
        let mount = try #require(MountPoint.parse(line).first)
        return MountReport(
            mount: mount,
            answer: .usage(
                FileSystemUsage(
                    totalBytes: 100 * 1_073_741_824, usedBytes: used * 100 * 1_073_741_824,
                    availableBytes: (1 - used) * 100 * 1_073_741_824, totalInodes: 1000,
                    freeInodes: 1000 * (1 - inodes))))
    }

    private func snapshot(_ mounts: [MountReport]) -> HostSnapshot {
        var snapshot = HostSnapshot()
        snapshot.kernel = KernelStatistics(parsing: ProcSamples.stat)
        snapshot.load = LoadAverage(parsing: "0.20 6.00 0.12 1/80 11206\n")
        snapshot.memory = MemoryUsage(parsing: ProcSamples.memory)
        snapshot.uptimeSeconds = 3 * 86_400
        snapshot.mounts = mounts
        return snapshot
    }

    @Test func `a machine that is well says how it is`() throws {
        let result = HostRules(limits: limits).assess(
            snapshot([try mount("/a", used: 0.5), try mount("/b", used: 0.61)]),
            cpu: CPUShares(ratios: ["idle": 0.9, "user": 0.1]))
        #expect(result.state == .ok)
        #expect(result.output == "CPU 10 %, load 0.2, memory 25 %, disk /b 61 %, up 3 days")
    }

    @Test func `the worst thing comes first, the others are counted and listed`() throws {
        let result = HostRules(limits: limits).assess(
            snapshot([
                try mount("/a", used: 0.92), try mount("/b", used: 0.97),
                try mount("/c", used: 0.99),
            ]), cpu: nil)
        #expect(result.state == .critical)
        #expect(result.output == "Disk /c is 99 % full, 1 GiB left, and 2 more problems")
        #expect(
            result.longOutput == """
                Disk /b is 97 % full, 3 GiB left
                Disk /a is 92 % full, 8 GiB left
                load 0.2, memory 25 %, disk /c 99 %, up 3 days
                """)
    }

    @Test func `each kind of trouble is seen`() throws {
        var limits = limits
        limits.memory = Limits(warning: 0.2)
        limits.swap = Limits(warning: 0.5)
        limits.cpu = Limits(warning: 0.5)
        limits.loadPerCPU = Limits(warning: 3)
        limits.pressure = Limits(warning: 0.005)
        limits.openFiles = Limits(warning: 0.5)
        var snapshot = snapshot([try mount("/a", used: 0.1, inodes: 0.93)])
        snapshot.pressure["io"] = Pressure(parsing: ProcSamples.pressure)
        snapshot.openFiles = OpenFiles(parsing: "90 0 100")
        let result = HostRules(limits: limits).assess(
            snapshot, cpu: CPUShares(ratios: ["idle": 0.25, "iowait": 0.05]))
        #expect(result.state == .warning)
        let text = result.output + "\n" + result.longOutput
        for words in [
            "Disk /a has used 93 % of its inodes", "Memory is 25 % used, 5.7 GiB left",
            "Swap is 75 % used", "The processors are 70 % busy", "Load is 6 on 2 processors",
            "Everything waited for disks in 1 % of the last minute",
            "90 % of all open files are in use",
        ] {
            #expect(text.contains(words))
        }
    }

    @Test func `limits that are not set are not held against anything`() throws {
        let result = HostRules(limits: HostLimits()).assess(
            snapshot([try mount("/a", used: 1)]), cpu: CPUShares(ratios: ["idle": 0]))
        #expect(result.state == .ok)
    }

    @Test func `a disk that does not answer is critical, a read-only one may be full`() throws {
        let silent = MountReport(mount: try mount("/a", used: 0).mount, answer: .silent)
        let result = HostRules(limits: limits).assess(snapshot([silent]), cpu: nil)
        #expect(result.state == .critical)
        #expect(result.output == "Disk /a does not answer (ext4, /dev/a)")

        var usage = try #require(try mount("/b", used: 1).usage)
        usage.isReadOnly = true
        let image = MountReport(mount: try mount("/b", used: 0).mount, answer: .usage(usage))
        #expect(HostRules(limits: limits).assess(snapshot([image]), cpu: nil).state == .ok)
    }

    @Test func `a machine that tells nothing is unknown`() {
        #expect(HostRules(limits: limits).assess(HostSnapshot(), cpu: nil).state == .unknown)
    }
}
