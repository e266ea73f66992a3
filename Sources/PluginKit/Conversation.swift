internal import OpsJSONRPC

/// One run of a plugin: requests and answers, and what it asks meanwhile.
final class Conversation {
    /// How long a plugin may take for an answer.
    static let patienceMs = 30_000

    let endpoint: any PluginEndpoint
    var host: HostStand
    /// Everything that was said, a line each; `>` is to the plugin, `<` from it.
    private(set) var transcript: [String] = []
    /// The topics that it has emitted and the methods that it has called.
    private(set) var claims: [(method: String, name: String)] = []
    private let wire: LineSocket
    private var lastID = 0
    private var answered: [RequestID: Result<JSON, RPCError>] = [:]
    /// What it said that nobody expects of a plugin.
    private(set) var complaints: [String] = []
    private var open: Set<RequestID> = []
    /// While false nothing is noted, because the order is left to chance.
    var isNoting = true

    init(_ endpoint: any PluginEndpoint, host: HostStand) {
        self.endpoint = endpoint
        self.host = host
        wire = LineSocket(endpoint.socket)
    }

    // MARK: - Sending

    /// Sends a request and waits for its answer.
    func call(_ method: String, _ params: JSON = [:]) throws(KitError) -> Result<JSON, RPCError> {
        try answer(to: begin(method, params))
    }

    /// Sends a request and waits for its result; an error is a finding.
    func result(_ method: String, _ params: JSON = [:]) throws(KitError) -> JSON {
        switch try call(method, params) {
        case .success(let result): return result
        case .failure(let error): throw KitError("\(method) answers \(error)")
        }
    }

    /// Sends a request.
    func begin(_ method: String, _ params: JSON = [:]) throws(KitError) -> RequestID {
        lastID += 1
        let id = RequestID(lastID)
        var line: [UInt8] = []
        MessageWriter.request(id: id, method: method, params: params, to: &line, ending: .none)
        open.insert(id)
        try send(line)
        return id
    }

    func notify(_ method: String, _ params: JSON) throws(KitError) {
        var line: [UInt8] = []
        MessageWriter.notification(method: method, params: params, to: &line, ending: .none)
        try send(line)
    }

    /// Sends a line as it is.
    func send(_ line: [UInt8]) throws(KitError) {
        note(">", line)
        do throws(KitError) {
            try wire.send(line + [UInt8(ascii: "\n")], withinMs: Self.patienceMs)
        } catch {
            throw KitError(error.message + ending)
        }
    }

    private func note(_ direction: String, _ line: [UInt8]) {
        guard isNoting else { return }
        let text = String(decoding: line.prefix(2000), as: UTF8.self)
        transcript.append("\(direction) \(text)")
    }

    // MARK: - Waiting

    /// Waits for the answer to a request.
    func answer(
        to id: RequestID, withinMs limit: Int = patienceMs
    ) throws(KitError) -> Result<JSON, RPCError> {
        let end = Ticks.now() + limit
        while true {
            if let found = answered.removeValue(forKey: id) { return found }
            guard let line = try wire.line(withinMs: max(1, end - Ticks.now())) else {
                throw KitError("it ended before it answered" + ending)
            }
            try take(line)
        }
    }

    private var ending: String { endpoint.ending(withinMs: 1000).map { ": \($0)" } ?? "" }

    /// Reads what it still says until it has ended.
    func untilEnd(withinMs limit: Int) throws(KitError) {
        let end = Ticks.now() + limit
        do throws(KitError) {
            while let line = try wire.line(withinMs: max(1, end - Ticks.now())) { try take(line) }
        } catch {
            throw KitError("it has not ended after \(limit) ms")
        }
        guard endpoint.ending(withinMs: max(1, end - Ticks.now())) != nil else {
            throw KitError("it has not ended after \(limit) ms")
        }
    }

    // MARK: - Reading

    private func take(_ line: [UInt8]) throws(KitError) {
        guard !line.isEmpty else { return }
        let message = line.withUnsafeBufferPointer { MessageParser.parse($0) }
        guard case .single(let incoming) = message else {
            return complain("a batch", line)
        }
        switch incoming {
        case .invalid(_, let error): complain(error.message, line)
        case .response(let response): take(response, line)
        case .request(let request): try take(request, line)
        }
    }

    private func take(_ response: Response, _ line: [UInt8]) {
        // What could not be read had no id; the answer to it is a courtesy.
        if response.id == .null { return }
        guard open.remove(response.id) != nil else {
            return complain("an answer to nothing, or a second one", line)
        }
        note("<", line)
        answered[response.id] = response.result
    }

    private func take(_ request: Request, _ line: [UInt8]) throws(KitError) {
        guard let id = request.id else {
            if !["log", "$/progress", "$/cancelRequest"].contains(request.method) {
                complain("an unknown notification", line)
            }
            return
        }
        note("<", line)
        let params = request.params ?? [:]
        claims.append((request.method, (params["method"] ?? params["topic"])?.string ?? ""))
        var answer: [UInt8] = []
        let result = host.answer(request.method, params)
        MessageWriter.response(
            Response(id: id, result: result), to: &answer, ending: .none)
        try send(answer)
    }

    private func complain(_ what: String, _ line: [UInt8]) {
        complaints.append("\(what): \(String(decoding: line.prefix(200), as: UTF8.self))")
    }
}
