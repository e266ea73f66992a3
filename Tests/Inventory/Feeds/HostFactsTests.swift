import Foundation
import OpsImport
import OpsJSONRPC
import Testing

@testable import OpsInventory

/// This host's own facts, and those of a host that lies in a folder.
@Suite struct HostFactsTests {
    private func host(_ files: [String: String]) throws -> HostFacts {
        let root = FileManager.default.temporaryDirectory
            .appendingPathComponent("opsloop-host-\(UInt64.random(in: 0 ... .max))").path
        for (path, text) in files {
            let file = URL(fileURLWithPath: root + path)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try text.write(to: file, atomically: true, encoding: .utf8)
        }
        return HostFacts(root: root, addresses: { ["192.0.2.7", "2001:db8::7"] })
    }

    @Test func `A host is what its files say`() throws {
        let host = try host([
            "/proc/sys/kernel/hostname": "db1\n",
            "/proc/sys/kernel/osrelease": "6.1.0-18-amd64\n",
            "/proc/cpuinfo": """
            processor\t: 0
            model name\t: AMD EPYC 7543
            processor\t: 1
            model name\t: AMD EPYC 7543
            """,
            "/proc/meminfo": "MemTotal:        4009372 kB\nMemFree: 1 kB\n",
            "/etc/os-release": "NAME=\"Debian\"\nPRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\n",
            "/etc/machine-id": "feedbeef\n",
            "/sys/block/vda/size": "41943040\n", "/sys/block/loop0/size": "8\n",
            "/sys/block/sdb/size": "0\n",
        ])
        defer { try? FileManager.default.removeItem(atPath: host.root) }
        let record = try host.record()
        #expect(record.members == ["external_key": "feedbeef"])
        #expect(record.initial == ["name": "db1"])
        #expect(
            record.fields == [
                "hostname": "db1", "os": "Debian GNU/Linux 12 (bookworm)",
                "kernel": "6.1.0-18-amd64", "cpus": 2, "cpu": "AMD EPYC 7543", "memory_mb": 3915,
                "addresses": "192.0.2.7 2001:db8::7", "disks": "vda 20 GiB",
            ])
    }

    @Test func `What is not there is not said, but a host has a name`() throws {
        let bare = try host(["/proc/sys/kernel/hostname": "x\n"])
        defer { try? FileManager.default.removeItem(atPath: bare.root) }
        let record = try bare.record()
        #expect(record.members == ["external_key": "x"])
        #expect(record.fields == ["hostname": "x", "addresses": "192.0.2.7 2001:db8::7"])
        let nothing = HostFacts(root: "/nonexistent")
        #expect(throws: RPCError.self) { try nothing.record() }
    }

    @Test func `This host is discovered once, and then known`() async throws {
        try await InventoryFixture.run { inventory in
            let first = try await inventory.call("ci.discover")
            #expect(first["counts"]?["ci"]?["created"] == 1)
            let item = try await inventory.call("ci.get", ["ci": "ci:1"])
            #expect(item["discovered_by"] == "host" && item["class"] == "server")
            #expect(item["fields"]?["cpus"]?.int ?? 0 > 0)
            #expect(item["fields"]?["memory_mb"]?.int ?? 0 > 0)
            let again = try await inventory.call("ci.discover")
            #expect(again["counts"]?["ci"]?["unchanged"] == 1)
        }
    }
}
