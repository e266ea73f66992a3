internal import OpsJSONRPC

extension KitCase {
    /// Hooks and events.
    static let events = [
        KitCase("answers its hooks in time, whatever they are given") { bench throws(KitError) in
            let (run, manifest) = try bench.started()
            let hooks = manifest["hooks"]?.array ?? []
            guard !hooks.isEmpty else { return .skipped("it has none") }
            for hook in hooks.compactMap({ $0["name"]?.string }) {
                for payload: JSON in [[:], ["name": "web", "later": ["x": 1]]] {
                    let params: JSON = ["hook": .string(hook), "payload": payload]
                    try checkHook(hook, try answerInTime(run, params.withMeta()))
                }
            }
            return .passed()
        },
        KitCase("answers the events that it listens to") { bench throws(KitError) in
            let (run, manifest) = try bench.started()
            let topics = (manifest["requires"]?["subscribe"]?.array ?? []).compactMap(\.string)
            guard !topics.isEmpty else { return .skipped("it listens to none") }
            var refused: [String] = []
            for (index, topic) in topics.enumerated() {
                // Twice the same: after a crash an event may come again.
                for _ in 1...2 {
                    let event = sampleEvent(topic, index + 1)
                    if case .failure = try run.call("event.deliver", event) {
                        refused.append(topic)
                    }
                }
            }
            let names = refused.joined(separator: ", ")
            return .passed(refused.isEmpty ? nil : "\(names): an error, as the kit's event is bare")
        },
    ]

    /// The daemon waits this long for a hook when nothing else is configured.
    private static let hookPatienceMs = 500

    private static func answerInTime(
        _ run: Conversation, _ params: JSON
    ) throws(KitError) -> JSON {
        let call = try run.begin("hook.call", params)
        switch try run.answer(to: call, withinMs: hookPatienceMs) {
        case .success(let result): return result
        case .failure(let error): throw KitError("hook.call answers \(error)")
        }
    }

    private static func checkHook(_ hook: String, _ answer: JSON) throws(KitError) {
        let isGood =
            switch answer["action"]?.string {
            case "continue": true
            case "replace": answer["payload"]?.object != nil
            case "reject": answer["error"]?["message"]?.string != nil
            default: false
            }
        guard isGood else { throw KitError("\(hook) answers \(answer.text)") }
    }

    private static func sampleEvent(_ topic: String, _ seq: Int) -> JSON {
        let name =
            topic == "*" ? "kit.tried" : topic.hasSuffix(".*") ? topic.dropLast() + "tried" : topic
        return [
            "seq": .number(JSON.Number(seq)), "at": "2026-01-31T08:00:00.000Z",
            "topic": .string(name), "ref": nil, "data": [:],
        ]
    }
}
