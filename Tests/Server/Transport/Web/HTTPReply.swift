import OpsJSONRPC

/// An answer of a web server.
struct HTTPReply: Sendable {
    let status: Int
    let headers: [String: String]
    let body: String

    var json: JSON { (try? JSON.parse(body)) ?? .null }

    var error: RPCError? { json["error"].map(RPCError.init(json:)) }

    /// Takes the first answer apart; nil when it is not whole.
    static func first(in bytes: [UInt8], hasBody: Bool) -> (HTTPReply, Int)? {
        let empty = Array("\r\n\r\n".utf8)
        guard
            let end = bytes.indices.first(where: { bytes[$0...].starts(with: empty) })
        else { return nil }
        let lines = String(decoding: bytes[..<end], as: UTF8.self)
            .split(separator: "\r\n").map(String.init)
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            headers[parts[0].lowercased()] =
                parts.last.map(String.init)?
                .trimmingPrefix(while: { $0 == " " }).description
        }
        let status = Int(lines[0].split(separator: " ")[1]) ?? 0
        let length = hasBody ? Int(headers["content-length"] ?? "0") ?? 0 : 0
        let whole = end + 4 + length
        guard bytes.count >= whole else { return nil }
        let body = String(decoding: bytes[(end + 4)..<whole], as: UTF8.self)
        return (HTTPReply(status: status, headers: headers, body: body), whole)
    }
}
