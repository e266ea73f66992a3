internal import OpsJSONRPC

/// Reads the dates that libcurl prints about certificates.
enum CertificateDate {
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// Reads `Nov  1 01:24:33 2026 GMT`, or `2026-11-01 01:24:33 GMT` as some TLS libraries have it.
    static func parse(_ text: some StringProtocol) -> Instant? {
        let words = text.split(separator: " ")
        if words.count == 3, words[2] == "GMT" { return Instant("\(words[0])T\(words[1])Z") }
        guard words.count == 5, words[4] == "GMT",
            let month = months.firstIndex(where: { $0 == words[0] })
        else { return nil }
        return Instant("\(words[3])-\(padded(month + 1))-\(padded(words[1]))T\(words[2])Z")
    }

    private static func padded(_ number: some CustomStringConvertible) -> String {
        let digits = number.description
        return digits.count < 2 ? "0" + digits : digits
    }
}
