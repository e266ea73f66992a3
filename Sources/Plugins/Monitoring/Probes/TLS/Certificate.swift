internal import CTLS
internal import OpsJSONRPC

/// What a check wants to know about a certificate.
struct Certificate: Sendable, Equatable {
    /// Such as `CN = example.org`.
    var subject: String
    var begins: Instant
    var ends: Instant

    init(subject: String, begins: Instant, ends: Instant) {
        self.subject = subject
        self.begins = begins
        self.ends = ends
    }

    init(_ certificate: OpaquePointer?) {
        var text = [CChar](repeating: 0, count: 512)
        let count = opsl_x509_name(
            X509_get_subject_name(certificate), &text, CInt(text.count))
        subject = PluginOutput.presentable(
            String(decoding: text.prefix(Int(count)).map(UInt8.init(bitPattern:)), as: UTF8.self),
            max: 200)
        begins = Self.instant(X509_get0_notBefore(certificate))
        ends = Self.instant(X509_get0_notAfter(certificate))
    }

    private static func instant(_ time: UnsafePointer<ASN1_TIME>?) -> Instant {
        let seconds = opsl_x509_seconds(time)
        // A time that is none ended long ago.
        return Instant(milliseconds: seconds == Int64.min ? 0 : seconds * 1000)
    }
}
