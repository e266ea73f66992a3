internal import OpsJSONRPC

extension PluginGate {
    /// Asks the plugin about a call before it is carried out; the hooks' chain sees to the time.
    ///
    /// The plugin is told the operator's limit: by the caller's, it could be made to give up early.
    func ask(
        _ hook: String, _ payload: JSON.Object, _ call: Call, within limit: Duration
    ) async throws -> HookResult {
        loop.preconditionOnLoop()
        guard case .open(let peer) = state else { throw refusal }
        let text = CallText(
            ["hook": .string(hook), "payload": .object(payload)],
            meta: .init(
                principal: call.principal.name, requestID: call.requestID,
                timeout: limit, call: call.meta))
        let answer = try await peer.call("hook.call", text, lane: .control, within: nil)
        return try HookResult(json: (try? JSON.parse(answer)) ?? .null, of: name)
    }

    /// Asks the plugin what it has to say about records; whoever asks sees to the time.
    func ask(
        _ question: ContributionQuestion, for call: Call, within limit: Duration
    ) async throws -> [Contribution] {
        loop.preconditionOnLoop()
        guard case .open(let peer) = state else { throw refusal }
        let text = CallText(
            [
                "subjects": .array(question.subjects.map { .string($0.description) }),
                "sections": .array(question.sections.sorted().map(JSON.string)),
            ],
            meta: .init(
                principal: call.principal.name, requestID: call.requestID,
                timeout: limit, call: call.meta))
        let answer = try await peer.call("plugin.contribute", text, lane: .control, within: nil)
        let members = (try? JSON.parse(answer))?["items"]?.array
        guard let members else { throw RPCError.badField("items", "must be a list") }
        return try members.enumerated().map { index, item in
            try Contribution(json: item, at: "items[\(index)]")
        }
    }
}

extension Contribution {
    /// How many lines more a plugin may say that there are.
    private static let mostMore = 1_000_000_000

    /// Reads what an external plugin says.
    fileprivate init(json: JSON, at path: String) throws(RPCError) {
        guard let subject = json["subject"]?.string.flatMap({ Ref($0) }) else {
            throw .badField("\(path).subject", "must be one of the refs that were asked about")
        }
        guard let section = json["section"]?.string, let title = json["title"]?.string else {
            throw .badField(path, "must have the texts section and title")
        }
        let more = min(max(json["more"]?.int ?? 0, 0), Self.mostMore)
        self.init(to: subject, section, title: title, more: more)
        for (index, line) in (json["lines"]?.array ?? []).enumerated() {
            guard let text = line["text"]?.string else {
                throw .badField("\(path).lines[\(index)].text", "must be a text")
            }
            lines.append(
                Line(
                    text, ref: line["ref"]?.string.flatMap { Ref($0) },
                    data: line["data"]?.object ?? [:]))
        }
    }
}
