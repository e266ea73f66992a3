/// An answer that is put together elsewhere.
struct HTTPAnswer: Sendable {
    let status: Int
    let type: String
    /// Further header lines, each with its end.
    let headers: String
    let body: [UInt8]

    init(
        status: Int, type: String = "application/json", headers: String = "", body: [UInt8]
    ) {
        self.status = status
        self.type = type
        self.headers = headers
        self.body = body
    }

    init(_ status: HTTPStatus, type: String = "application/json", body: [UInt8]) {
        self.init(status: status.rawValue, type: type, body: body)
    }
}
