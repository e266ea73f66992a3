internal import COpsLoop
internal import OpsJSONRPC

/// What the host answers to a call of one of its plugin's methods.
enum HostAnswer {
    static func read(
        _ code: CInt, _ text: UnsafePointer<CChar>?, _ length: Int
    ) throws -> Result<JSON, any Error> {
        guard let text else {
            return code == OPSLOOP_OK ? .success([:]) : .failure(RPCError.internalError())
        }
        let json = try Boundary.json(text, length, "the answer")
        guard case .object = json else { throw EmbedError.invalid("the answer is no object") }
        guard code != OPSLOOP_OK else { return .success(json) }
        return .failure(try error(json))
    }

    private static func error(_ json: JSON) throws -> RPCError {
        guard let code = json["code"]?.int, code >= 2000, let message = json["message"]?.string
        else { throw EmbedError.invalid("an error has a code of 2000 or more and a message") }
        return RPCError(
            code: code, kind: json["kind"]?.string ?? "failed", message: message,
            retryable: json["retryable"]?.bool ?? false, hint: json["hint"]?.string)
    }
}
