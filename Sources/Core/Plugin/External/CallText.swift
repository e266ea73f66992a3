internal import OpsJSONRPC

/// The parameters of a call into a plugin, written straight into its line.
struct CallText {
    private let params: JSON.Object
    /// What the host says about the call; nil for what is the host's own business.
    private let meta: Meta?

    struct Meta {
        let principal: String
        let requestID: String
        let timeout: Duration?
        let call: CallMeta
    }

    init(_ params: JSON.Object, meta: Meta? = nil) {
        self.params = params
        self.meta = meta
    }

    /// The whole line of the call.
    func line(_ number: Int, _ method: String) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(256)
        text.append(contentsOf: #"{"jsonrpc":"2.0","id":"#.utf8)
        text.append(contentsOf: number.description.utf8)
        text.append(contentsOf: #","method":""#.utf8)
        // A method's name has been checked to need no escapes.
        text.append(contentsOf: method.utf8)
        text.append(contentsOf: #"","params":"#.utf8)
        JSON.object(params).write(to: &text)
        if let meta { add(meta, number, to: &text) }
        text.append(contentsOf: "}\n".utf8)
        return text
    }

    /// Opens the object again and adds the last member.
    private func add(_ meta: Meta, _ number: Int, to text: inout [UInt8]) {
        text.removeLast()
        if !params.isEmpty { text.append(UInt8(ascii: ",")) }
        text.append(contentsOf: #""_meta":{"principal":"#.utf8)
        JSON.string(meta.principal).write(to: &text)
        text.append(contentsOf: #","request_id":""#.utf8)
        text.append(contentsOf: meta.requestID.utf8)
        text.append(UInt8(ascii: "\""))
        if let timeout = meta.timeout {
            text.append(contentsOf: #","timeout_ms":"#.utf8)
            text.append(contentsOf: max(1, timeout.milliseconds).description.utf8)
        }
        if meta.call.isDryRun { text.append(contentsOf: #","dry_run":true"#.utf8) }
        if let key = meta.call.idempotencyKey { add("idempotency_key", .string(key), to: &text) }
        if meta.call.progressToken != nil {
            add("progress_token", .number(JSON.Number(number)), to: &text)
        }
        if let trace = meta.call.traceparent { add("traceparent", .string(trace), to: &text) }
        text.append(contentsOf: "}}".utf8)
    }

    private func add(_ name: String, _ value: JSON, to text: inout [UInt8]) {
        text.append(contentsOf: ",\"\(name)\":".utf8)
        value.write(to: &text)
    }
}
