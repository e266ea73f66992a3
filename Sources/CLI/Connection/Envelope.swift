import OpsJSONRPC

/// One message of the daemon, taken out of its JSON-RPC envelope.
enum Envelope {
    case answer(id: Int?, Result<JSON, Failure>)
    case notification(method: String, params: JSON)

    /// Nil when the line is no JSON-RPC message.
    init?(_ line: ArraySlice<UInt8>) {
        // What cannot be parsed is reported by the caller, who knows where it came from.
        guard let message = try? JSON.parse(Array(line)), message.object != nil else { return nil }
        if let method = message["method"]?.string {
            self = .notification(method: method, params: message["params"] ?? [:])
        } else if let error = message["error"] {
            self = .answer(id: message["id"]?.int, .failure(Failure(RPCError(json: error))))
        } else if let result = message["result"] {
            self = .answer(id: message["id"]?.int, .success(result))
        } else {
            return nil
        }
    }

    static func request(_ id: Int, _ method: String, _ params: JSON.Object) -> JSON {
        [
            "jsonrpc": "2.0", "id": .number(.init(id)), "method": .string(method),
            "params": .object(params),
        ]
    }
}
