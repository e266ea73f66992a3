/// Writes messages, each on one line.
public enum MessageWriter {
    /// Appends a call.
    public static func request(
        id: RequestID, method: String, params: JSON?, to out: inout [UInt8],
        ending: Terminator = .lineFeed
    ) {
        open(id, to: &out)
        out.append(ascii: ",\"method\":")
        call(method, params, to: &out, ending)
    }

    /// Appends a notification.
    public static func notification(
        method: String, params: JSON?, to out: inout [UInt8], ending: Terminator = .lineFeed
    ) {
        out.append(ascii: "{\"jsonrpc\":\"2.0\",\"method\":")
        call(method, params, to: &out, ending)
    }

    /// Appends the answer to a call that succeeded.
    public static func result(
        _ result: JSON, id: RequestID, to out: inout [UInt8], ending: Terminator = .lineFeed
    ) {
        beginResult(id: id, to: &out)
        result.write(to: &out)
        close(ending, &out)
    }

    /// Appends the beginning of an answer; the result's text and a `}` are to follow.
    public static func beginResult(id: RequestID, to out: inout [UInt8]) {
        open(id, to: &out)
        out.append(ascii: ",\"result\":")
    }

    /// Appends the answer to a call that failed.
    public static func error(
        _ error: RPCError, id: RequestID, to out: inout [UInt8], ending: Terminator = .lineFeed
    ) {
        open(id, to: &out)
        out.append(ascii: ",\"error\":")
        error.json.write(to: &out)
        close(ending, &out)
    }

    /// Appends an answer.
    public static func response(
        _ response: Response, to out: inout [UInt8], ending: Terminator = .lineFeed
    ) {
        switch response.result {
        case .success(let result): self.result(result, id: response.id, to: &out, ending: ending)
        case .failure(let error): self.error(error, id: response.id, to: &out, ending: ending)
        }
    }

    // MARK: - Parts

    private static func open(_ id: RequestID, to out: inout [UInt8]) {
        out.append(ascii: "{\"jsonrpc\":\"2.0\",\"id\":")
        out.append(bytesOf: id.text)
    }

    private static func call(
        _ method: String, _ params: JSON?, to out: inout [UInt8], _ ending: Terminator
    ) {
        out.append(quoted: method)
        if let params {
            out.append(ascii: ",\"params\":")
            params.write(to: &out)
        }
        close(ending, &out)
    }

    private static func close(_ ending: Terminator, _ out: inout [UInt8]) {
        switch ending {
        case .none: out.append(ascii: "}")
        case .lineFeed: out.append(ascii: "}\n")
        case .blankLine: out.append(ascii: "}\n\n")
        }
    }
}
