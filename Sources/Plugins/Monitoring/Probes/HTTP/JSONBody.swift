internal import OpsJSONRPC

/// The body of an answer, read as JSON when somebody asks, and only once.
struct JSONBody {
    /// Why it is none.
    struct Failure: Error, Equatable {
        var reason: String
    }

    private let exchange: HTTPExchange
    private var read: Result<JSON, Failure>?

    init(_ exchange: HTTPExchange) { self.exchange = exchange }

    var document: Result<JSON, Failure> {
        mutating get {
            if let read { return read }
            let result = Self.parse(exchange)
            read = result
            return result
        }
    }

    private static func parse(_ exchange: HTTPExchange) -> Result<JSON, Failure> {
        guard !exchange.isCut else {
            let size = Readable.bytes(Double(exchange.body.count))
            return .failure(Failure(reason: "the body is cut after \(size), see max_body_bytes"))
        }
        do {
            return .success(try JSON.parse(exchange.body))
        } catch {
            return .failure(Failure(reason: "the body is no JSON: \(error)"))
        }
    }
}
