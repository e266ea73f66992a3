import Testing

@testable import OpsMonitoring

@Suite struct HostParserTests {
    // MARK: - /proc/stat

    @Test func `stat gives processor times and counters`() throws {
        let kernel = try #require(KernelStatistics(parsing: ProcSamples.stat))
        #expect(kernel.processors == 2)
        #expect(
            kernel.cpu.ticks == [
                10_132_153, 290_696, 3_084_719, 46_828_483, 16_683, 0, 25_195, 175_628,
            ])
        #expect(kernel.contextSwitches == 1_990_473)
        #expect(kernel.interrupts == 1_462_898)
        #expect(kernel.forks == 2915)
        #expect(kernel.running == 3)
        #expect(kernel.blocked == 1)
    }

    @Test func `stat of a kernel without iowait is read, and what is no stat is refused`() throws {
        let kernel = try #require(
            KernelStatistics(parsing: "cpu  100 0 50 850\ncpu0 100 0 50 850\n"))
        #expect(kernel.cpu.ticks == [100, 0, 50, 850])
        #expect(kernel.blocked == nil)
        #expect(KernelStatistics(parsing: "") == nil)
        #expect(KernelStatistics(parsing: "cpu x y z\n") == nil)
    }

    @Test func `shares are the parts of the time between two readings`() throws {
        let earlier = try #require(CPUTimes(fields: ["100", "0", "50", "800", "50"]))
        let later = try #require(CPUTimes(fields: ["130", "0", "60", "850", "60"]))
        let shares = try #require(later.shares(since: earlier))
        #expect(
            shares.ratios == ["user": 0.3, "nice": 0, "system": 0.1, "idle": 0.5, "iowait": 0.1])
        #expect(abs(shares.busy - 0.4) < 1e-9)
    }

    @Test func `counters that stand still or step back are no time`() throws {
        let earlier = try #require(CPUTimes(fields: ["100", "0", "50", "800", "50"]))
        #expect(earlier.shares(since: earlier) == nil)
        let steppedBack = try #require(CPUTimes(fields: ["110", "0", "50", "810", "40"]))
        #expect(steppedBack.shares(since: earlier)?.ratios["iowait"] == 0)
    }

    // MARK: - Load, memory, files

    @Test func `loadavg gives three averages and the number of threads`() throws {
        let load = try #require(LoadAverage(parsing: "0.20 0.18 0.12 1/80 11206\n"))
        #expect([load.one, load.five, load.fifteen] == [0.20, 0.18, 0.12])
        #expect(load.threads == 80)
        #expect(LoadAverage(parsing: "0.20 0.18\n") == nil)
    }

    @Test func `meminfo is in bytes, and caches that give way are counted`() throws {
        let memory = try #require(MemoryUsage(parsing: ProcSamples.memory))
        #expect(memory.total == 8_000_000 * 1024)
        #expect(memory.available == 6_000_000 * 1024)
        #expect(memory.cached == 1_250_000 * 1024)
        #expect(memory.usedRatio == 0.25)
        #expect(memory.swapUsedRatio == 0.75)
    }

    @Test func `a kernel without MemAvailable gets an estimate, a machine without swap no ratio`()
        throws
    {
        let memory = try #require(
            MemoryUsage(
                parsing: "MemTotal: 1000 kB\nMemFree: 100 kB\nBuffers: 50 kB\nCached: 350 kB\n"))
        #expect(memory.usedRatio == 0.5)
        #expect(memory.swapUsedRatio == nil)
        #expect(MemoryUsage(parsing: "MemTotal: 0 kB\nMemFree: 0 kB\n") == nil)
    }

    @Test func `file-nr gives used files and their limit`() throws {
        let files = try #require(OpenFiles(parsing: "1504\t4\t3000\n"))
        #expect(files.used == 1500)
        #expect(files.usedRatio == 0.5)
        #expect(OpenFiles(parsing: "1 2\n") == nil)
    }

    @Test func `pressure has two lines, or one on older kernels`() throws {
        let both = try #require(Pressure(parsing: ProcSamples.pressure))
        #expect(both.some.ten == 0.0148)
        #expect(both.full?.sixty == 0.005)
        #expect(both.some.stalledSeconds == 10.5)
        let one = try #require(
            Pressure(parsing: "some avg10=0.00 avg60=0.00 avg300=0.00 total=0\n"))
        #expect(one.full == nil)
        #expect(Pressure(parsing: "") == nil)
    }

    // MARK: - Devices

    @Test func `diskstats gives whole disks that were used, whatever the number of columns`() throws
    {
        let disks = DiskCounters.parse(ProcSamples.disks)
        #expect(disks.map(\.device) == ["sda", "nvme0n1", "dm-0", "xvdb"])
        let disk = try #require(disks.first)
        #expect(disk.reads == 25_354_637)
        #expect(disk.readBytes == 1_003_337_964 * 512)
        #expect(disk.readSeconds == 11_000)
        #expect(disk.writes == 28_444_756)
        #expect(disk.writtenBytes == 505_697_032 * 512)
        #expect(disk.busySeconds == 8000)
    }

    @Test(arguments: [
        ("sda", true), ("sda1", false), ("nvme0n1", true), ("nvme0n1p3", false), ("mmcblk0", true),
        ("mmcblk0p2", false), ("loop7", false), ("ram0", false), ("zram0", false), ("fd0", false),
        ("dm-3", true), ("md127", true), ("vda", true), ("vda15", false), ("sr0", true),
    ])
    func `partitions and memory disks are no whole disks`(name: String, isWhole: Bool) {
        #expect(DiskCounters.isWholeDisk(name) == isWhole)
    }

    @Test func `net dev is read with glued numbers, and without loopback and container cables`()
        throws
    {
        let networks = NetworkCounters.parse(ProcSamples.network)
        #expect(networks.map(\.device) == ["eth0", "eth0:1", "wlan0"])
        #expect(networks[0].received.bytes == 10_437_182_923)
        #expect(networks[0].received.drops == 42)
        #expect(
            networks[0].sent
                == .init(bytes: 2_851_649_360, packets: 10_585_061, errors: 1, drops: 2))
        #expect(networks[1].received.bytes == 68_210_035_552)
    }

    // MARK: - Mounts

    @Test func `mountinfo gives each file system with data once`() {
        let mounts = MountPoint.parse(ProcSamples.mounts)
        #expect(
            mounts.map(\.path) == ["/", "/data", "/home", "/mnt/my disk", "/srv/nfs"])
        #expect(mounts.map(\.type) == ["ext4", "btrfs", "ext4", "xfs", "nfs4"])
        #expect(mounts.last?.source == "server:/export")
        #expect(mounts.last?.isLocal == false)
    }

    @Test func `a container's overlay is its root`() {
        let mounts = MountPoint.parse(
            "500 400 0:50 / / rw,relatime master:1 - overlay overlay rw,lowerdir=/a\n"
                + "501 500 0:51 / /etc/hosts rw - tmpfs tmpfs rw\n")
        #expect(mounts.map(\.path) == ["/"])
    }

    @Test func `lines that are cut short are left out`() {
        #expect(MountPoint.parse("22 27 0:21 / /proc\n\n1 2 3\n").isEmpty)
        #expect(MountPoint.unescape("a\\040b\\011c\\\\0") == "a b\tc\\\\0")
    }

    @Test func `df's share counts what root keeps for itself as used up`() {
        let usage = FileSystemUsage(
            totalBytes: 1000, usedBytes: 600, availableBytes: 200, totalInodes: 0, freeInodes: 0)
        #expect(usage.usedRatio == 0.75)
        #expect(usage.inodeRatio == nil)
    }
}
