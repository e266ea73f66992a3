/// The types of check that look by themselves.
enum CheckKinds {
    static let all: [any CheckKind.Type] = [
        HostCheck.self, HTTPCheck.self, TCPCheck.self, ExecCheck.self, DNSCheck.self,
        ICMPCheck.self, PrometheusCheck.self, TLSCheck.self, ProcessCheck.self,
        SystemdCheck.self, FileCheck.self,
    ]
}
