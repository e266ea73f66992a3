import OpsCore
import OpsJSONRPC
import Testing

@testable import OpsMonitoring

@Suite struct HostProbeTests {
    @Test func `this machine is read: memory, load, a disk and its uptime at least`() async throws {
        try await withProbeTools { tools in
            var check = HostCheck()
            check.memoryWarningRatio = 1
            check.memoryCriticalRatio = 1
            check.diskWarningRatio = 1
            check.diskCriticalRatio = 1
            let result = await check.makeProbe(tools).run(timeout: .seconds(20))
            #expect(result.state == .ok)
            #expect(result.output.contains("memory "))
            let names = Set(result.metrics.map(\.name))
            #expect(
                names.isSuperset(of: [
                    "host_load1", "host_memory_bytes", "host_uptime_seconds", "host_processes",
                    "host_cpus", "host_open_files",
                ]))
            #expect(result.metrics.allSatisfy { $0.value.isFinite })
        }
    }

    @Test func `processor shares come with the second run`() async throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        try folder.write("proc/meminfo", ProcSamples.memory)
        try folder.write("proc/stat", "cpu  100 0 50 800 50\ncpu0 100 0 50 800 50\n")
        try await withProbeTools(root: folder.path) { tools in
            let probe = HostCheck().makeProbe(tools)
            let first = await probe.run(timeout: .seconds(20))
            #expect(!first.metrics.contains { $0.name == "host_cpu_ratio" })
            try folder.write("proc/stat", "cpu  130 0 60 850 60\ncpu0 130 0 60 850 60\n")
            let second = await probe.run(timeout: .seconds(20))
            #expect(second.metrics.contains(Metric("host_cpu_ratio", ["mode": "user"], 0.3)))
            #expect(second.output.hasPrefix("CPU 40 %"))
        }
    }

    @Test func `an empty proc is unknown`() async throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        try await withProbeTools(root: folder.path) { tools in
            let result = await HostCheck().makeProbe(tools).run(timeout: .seconds(20))
            #expect(result.state == .unknown)
            #expect(result.output.hasPrefix("Cannot read /proc"))
        }
    }

    @Test func `a warning behind its critical limit is refused by name`() {
        var check = HostCheck()
        check.diskWarningRatio = 0.99
        check.swapWarningRatio = 0.5
        check.swapCriticalRatio = 0.4
        let error = #expect(throws: RPCError.self) { try check.validate() }
        #expect(error?.fields.map(\.path) == ["disk_warning_ratio", "swap_warning_ratio"])
        #expect(throws: Never.self) { try HostCheck().validate() }
    }

    @Test func `the metrics carry the device and the direction`() throws {
        var snapshot = HostSnapshot()
        snapshot.disks = DiskCounters.parse(ProcSamples.disks)
        snapshot.networks = NetworkCounters.parse(ProcSamples.network)
        snapshot.pressure["memory"] = Pressure(parsing: ProcSamples.pressure)
        let metrics = HostMetrics.of(snapshot, cpu: nil)
        #expect(
            metrics.contains(
                Metric(
                    "host_disk_io_operations_total", ["device": "sda", "direction": "write"],
                    28_444_756)))
        #expect(
            metrics.contains(
                Metric(
                    "host_network_bytes_total", ["device": "eth0", "direction": "transmit"],
                    2_851_649_360)))
        #expect(
            metrics.contains(
                Metric("host_pressure_ratio", ["resource": "memory", "kind": "full"], 0.005)))
        let keys = metrics.map { "\($0.name)\($0.labels.sorted { $0.key < $1.key })" }
        #expect(Set(keys).count == keys.count)
    }
}
