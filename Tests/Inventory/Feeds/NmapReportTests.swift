import Foundation
import OpsImport
import OpsJSONRPC
import Testing

@testable import OpsInventory

/// Reports of nmap: real ones, cut ones, and ones that mean harm.
@Suite struct NmapReportTests {
    /// As nmap 7.93 writes it, with the parts that say nothing of the hosts left out.
    static let report = """
        <?xml version="1.0" encoding="UTF-8"?>
        <!DOCTYPE nmaprun>
        <?xml-stylesheet href="file:///usr/share/nmap/nmap.xsl" type="text/xsl"?>
        <!-- Nmap 7.93 scan initiated as: nmap -sV -oX - 192.0.2.0/29 -->
        <nmaprun scanner="nmap" args="nmap -sV -oX - 192.0.2.0/29" start="1" version="7.93">
        <scaninfo type="connect" protocol="tcp" numservices="3" services="22,80,443"/>
        <host starttime="1" endtime="2"><status state="up" reason="arp-response" reason_ttl="0"/>
        <address addr="192.0.2.1" addrtype="ipv4"/>
        <address addr="52:54:00:AA:BB:01" addrtype="mac" vendor="QEMU virtual NIC"/>
        <hostnames><hostname name="web1.example.org" type="user"/>
        <hostname name="www.example.org" type="PTR"/></hostnames>
        <ports><extraports state="closed" count="1"/>
        <port protocol="tcp" portid="22"><state state="open" reason="syn-ack"/>
        <service name="ssh" product="OpenSSH" version="9.2p1 Debian 2" method="probed"/></port>
        <port protocol="tcp" portid="80"><state state="closed" reason="reset"/></port>
        <port protocol="tcp" portid="443"><state state="open" reason="syn-ack"/></port></ports>
        <os><osmatch name="Linux 5.0 - 5.4" accuracy="100"/>
        <osmatch name="Linux 4.15" accuracy="90"/></os>
        </host>
        <host><status state="down" reason="no-response"/>
        <address addr="192.0.2.2" addrtype="ipv4"/></host>
        <host><status state="up" reason="user-set"/><address addr="192.0.2.3" addrtype="ipv4"/>
        <hostnames></hostnames></host>
        <runstats><finished time="2" exit="success"/><hosts up="2" down="6" total="8"/></runstats>
        </nmaprun>
        """

    @Test func `The hosts that are up are told by their hardware, or by their address`() throws {
        let records = try NmapReport.records(Self.report)
        #expect(
            records.map(\.members) == [
                ["external_key": "52:54:00:aa:bb:01"], ["external_key": "192.0.2.3"],
            ])
        #expect(records.map(\.initial) == [["name": "web1.example.org"], ["name": "192.0.2.3"]])
        #expect(records[0].line == 7)
        #expect(
            records[0].fields == [
                "addresses": "192.0.2.1", "hostname": "web1.example.org",
                "mac": "52:54:00:aa:bb:01", "vendor": "QEMU virtual NIC", "os": "Linux 5.0 - 5.4",
                "ports": "22/tcp ssh OpenSSH 9.2p1 Debian 2, 443/tcp",
            ])
        // Nobody looked at its ports: that is not the same as none open.
        #expect(records[1].fields == ["addresses": "192.0.2.3"])
    }

    @Test func `Cut at any place it is refused, with the line`() throws {
        let bytes = Array(Self.report.utf8)
        for length in 1..<bytes.count {
            let cut = String(decoding: bytes.prefix(length), as: UTF8.self)
            let error = #expect(throws: RPCError.self) { try NmapReport.records(cut) }
            let path = try #require(error?.fields.first?.path)
            #expect(path.hasPrefix("line "), "\(length)")
        }
    }

    @Test func `Another document is no report, and neither is none`() {
        let other = #expect(throws: RPCError.self) { try NmapReport.records("<html></html>") }
        #expect(other?.fields.first?.reason.contains("its root is <html>") == true)
        for text in ["", "name,class", "{}", "<a>&undefined;</a>", "<a></b>", "<a/><b/>"] {
            #expect(throws: RPCError.self, "\(text)") { try NmapReport.records(text) }
        }
    }

    @Test func `A document that declares entities is refused before it grows`() {
        let bomb = """
            <?xml version="1.0"?>
            <!DOCTYPE nmaprun [
            <!ENTITY a "aaaaaaaaaa">
            <!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
            <!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">
            ]>
            <nmaprun><host>&c;</host></nmaprun>
            """
        let external = """
            <!DOCTYPE nmaprun [<!ENTITY x SYSTEM "file:///etc/passwd">]>
            <nmaprun><host vendor="&x;"/></nmaprun>
            """
        let parameter = """
            <!DOCTYPE nmaprun [<!ENTITY % x SYSTEM "http://192.0.2.1/x.dtd"> %x;]>
            <nmaprun/>
            """
        for text in [bomb, external, parameter] {
            let error = #expect(throws: RPCError.self) { try NmapReport.records(text) }
            #expect(error?.fields.first?.reason == "declares an entity, which no report needs")
        }
        let attribute = """
            <!DOCTYPE nmaprun [<!ATTLIST address addr CDATA "1.2.3.4">]>
            <nmaprun><host><address/></host></nmaprun>
            """
        let error = #expect(throws: RPCError.self) { try NmapReport.records(attribute) }
        #expect(error?.fields.first?.reason == "declares an attribute, which no report needs")
    }

    @Test func `Deep nesting is refused`() {
        let text = String(repeating: "<nmaprun>", count: 100_000)
        let error = #expect(throws: RPCError.self) { try NmapReport.records(text) }
        #expect(error?.fields.first?.reason == "is nested deeper than 64 elements")
    }

    @Test func `A name from a network becomes a name that an item can have`() throws {
        let long = String(repeating: "x", count: 300)
        let text = """
            <nmaprun><host><status state="up"/><address addr="192.0.2.9" addrtype="ipv4"/>
            <hostname name=" a&#10;b \(long)"/></host></nmaprun>
            """
        let name = try #require(try NmapReport.records(text).first?.initial?["name"]?.string)
        #expect(name.hasPrefix("ab x") && name.count == 200)
    }
}
