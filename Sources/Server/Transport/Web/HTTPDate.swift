internal import CWebSockets
internal import Glibc
internal import OpsJSONRPC

/// The `Date` of answers, put together once a second.
struct HTTPDate {
    private var second: Int64 = -1
    private var text: [UInt8] = []

    mutating func append(_ now: Instant, to out: inout [UInt8]) {
        let second = now.milliseconds / 1000
        if second != self.second {
            self.second = second
            var bytes = [CChar](repeating: 0, count: 32)
            let count = opsw_date(time_t(second), &bytes)
            text = bytes[..<Int(count)].map { UInt8(bitPattern: $0) }
        }
        out += text
    }
}
