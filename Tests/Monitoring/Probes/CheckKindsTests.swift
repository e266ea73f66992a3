import OpsCore
import OpsJSONRPC
import Testing

@testable import OpsMonitoring

@Suite struct CheckKindsTests {
    private func fields<Kind: CheckKind>(_ kind: Kind.Type) -> [FieldSpec] {
        FieldSet(kind).fields
    }

    @Test func `every kind has a name of its own and says in a sentence what it does`() {
        #expect(
            CheckKinds.all.map { $0.kind } == [
                "host", "http", "tcp", "exec", "dns", "icmp", "prometheus", "tls", "process",
                "systemd", "file",
            ])
        for kind in CheckKinds.all {
            #expect(kind.summary.hasSuffix("."))
            for field in fields(kind) {
                #expect(field.help.hasSuffix("."), "\(kind.kind).\(field.name)")
                #expect(field.fullSchema["type"] != nil, "\(kind.kind).\(field.name)")
            }
        }
    }

    @Test func `the members have their names on the wire`() {
        #expect(
            fields(HTTPCheck.self).map(\.name) == [
                "url", "method", "headers", "body", "username", "password", "expect_status",
                "expect_body",
                "expect_body_regex", "follow_redirects", "max_redirects", "verify_tls", "ca_file",
                "cert_warning_days", "cert_critical_days", "slow_warning_ms", "slow_critical_ms",
                "max_body_bytes", "reuse_connection",
            ])
        #expect(
            fields(HostCheck.self).map(\.name).filter {
                $0.hasPrefix("load") || $0.hasPrefix("disk")
            }
                == [
                    "disk_warning_ratio", "disk_critical_ratio", "load_warning_per_cpu",
                    "load_critical_per_cpu",
                ])
        #expect(fields(ExecCheck.self).filter(\.traits.isRest).map(\.name) == ["command"])
        #expect(
            fields(HTTPCheck.self).filter(\.traits.isSecret).map(\.name) == [
                "headers", "body", "password",
            ])
        #expect(
            fields(TCPCheck.self).filter(\.traits.isPositional).map(\.name) == ["host", "port"])
    }

    @Test func `a check is decoded with its defaults, from numbers or text where both make sense`()
        throws
    {
        let check = try FieldSet(HTTPCheck.self).decode([
            "url": "http://localhost/", "expect_status": [200, "3xx"], "headers": ["X-A": "b"],
            "method": "HEAD", "slow_warning_ms": 500,
        ])
        #expect(check.url == "http://localhost/")
        #expect(check.expectStatus.map(\.range) == [200...200, 300...399])
        #expect(check.headers == ["X-A": "b"])
        #expect(check.method == .head)
        #expect(check.slowWarningMs == 500)
        #expect(check.maxBodyBytes == 1 << 20)
        #expect(check.certWarningDays == 14)
        #expect(check.followRedirects)
    }

    @Test func `a bad member is refused by its name`() {
        let error = #expect(throws: RPCError.self) {
            _ = try FieldSet(HTTPCheck.self).decode([
                "expect_status": ["soon"], "cert_warning_days": -1, "uri": "http://localhost/",
            ])
        }
        #expect(
            Set(error?.fields.map(\.path) ?? [])
                == ["expect_status[0]", "cert_warning_days", "uri", "url"])
        let empty = #expect(throws: RPCError.self) {
            _ = try FieldSet(ExecCheck.self).decode(["command": []])
        }
        #expect(empty?.fields.map(\.path) == ["command"])
    }
}
