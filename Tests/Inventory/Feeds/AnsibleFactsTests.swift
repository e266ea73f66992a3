import OpsImport
import OpsJSONRPC
import Testing

@testable import OpsInventory

/// Facts as Ansible shows and keeps them.
@Suite struct AnsibleFactsTests {
    /// As `ansible all -m setup` shows it, cut to what is read.
    static let shown = """
        web1 | SUCCESS => {
            "ansible_facts": {
                "ansible_all_ipv4_addresses": ["192.0.2.10"],
                "ansible_all_ipv6_addresses": ["2001:db8::10"],
                "ansible_architecture": "x86_64",
                "ansible_devices": {
                    "vdb": {"size": "100.00 GB"},
                    "vda": {"size": "20.00 GB"},
                    "sr0": {}
                },
                "ansible_distribution": "Debian",
                "ansible_distribution_version": "12.5",
                "ansible_fqdn": "web1.example.org",
                "ansible_hostname": "web1",
                "ansible_kernel": "6.1.0-18-amd64",
                "ansible_machine_id": "0123456789abcdef",
                "ansible_memtotal_mb": 3915,
                "ansible_processor_count": 1,
                "ansible_processor_vcpus": 4,
                "ansible_product_name": "KVM",
                "ansible_product_serial": "NA",
                "ansible_system_vendor": "QEMU",
                "gather_subset": ["all"]
            },
            "changed": false
        }
        """

    @Test func `A host is told by its machine, and its facts become fields`() throws {
        let (records, mistakes) = AnsibleFacts.read(Self.shown)
        #expect(mistakes == [])
        let record = try #require(records.first)
        #expect(record.members == ["external_key": "0123456789abcdef"])
        #expect(record.initial == ["name": "web1"])
        #expect(
            record.fields == [
                "hostname": "web1", "fqdn": "web1.example.org", "os": "Debian 12.5",
                "kernel": "6.1.0-18-amd64", "architecture": "x86_64", "cpus": 4,
                "memory_mb": 3915, "addresses": "192.0.2.10 2001:db8::10",
                "disks": "vda 20.00 GB, vdb 100.00 GB", "vendor": "QEMU", "model": "KVM",
            ])
    }

    @Test func `Files of the cache are read one after the other, with or without the prefix`()
        throws
    {
        let text = """
            {
                "ansible_hostname": "a", "ansible_product_uuid": "NA", "ansible_fqdn": "a.example.org"
            }

            {
                "hostname": "b", "machine_id": "bb"
            }
            {"ansible_facts": {"ansible_hostname": "c", "ansible_machine_id": "cc"}}
            """
        let (records, mistakes) = AnsibleFacts.read(text)
        #expect(mistakes == [])
        #expect(records.map { $0.members["external_key"] } == ["a.example.org", "bb", "cc"])
        #expect(records.map(\.line) == [1, 5, 8])
    }

    @Test func `A host that was not reached is a mistake of its own`() {
        let text =
            Self.shown + """

                web2 | UNREACHABLE! => {
                    "changed": false, "msg": "Failed to connect", "unreachable": true
                }
                web3 | FAILED! => {"msg": "no python"}
                """
        let (records, mistakes) = AnsibleFacts.read(text)
        #expect(records.count == 1)
        #expect(mistakes.map(\.line) == [27, 30])
        #expect(mistakes.first?.reason == "says of web2 that it is unreachable")
    }

    @Test func `Cut at any place it is refused`() {
        let bytes = Array(Self.shown.utf8)
        for length in stride(from: 20, to: bytes.count, by: 7) {
            let cut = AnsibleFacts.read(String(decoding: bytes.prefix(length), as: UTF8.self))
            #expect(cut.records.isEmpty && cut.mistakes.count == 1, "\(length)")
        }
    }

    @Test(arguments: [
        "name,class\na,b", "{}", "[]", "{\"ansible_facts\": 7}", "{\"ansible_facts\": {\"x\": 1}}",
        "null",
    ])
    func `What holds no facts is refused`(text: String) {
        let found = AnsibleFacts.read(text)
        #expect(found.records.isEmpty && !found.mistakes.isEmpty)
    }

    @Test func `Deep nesting is refused`() {
        let text = "{\"a\":" + String(repeating: "[", count: 100_000)
        let found = AnsibleFacts.read(text)
        #expect(found.records.isEmpty && found.mistakes.count == 1)
    }
}
