internal import OpsJSONRPC

/// What a plugin finds on the other side while the kit tries it: a store, an event log, and
/// answers to the methods that the author has prepared.
struct HostStand {
    /// What `host.call` answers, by method.
    var answers: JSON.Object
    private(set) var values: [String: (value: JSON, generation: Int)] = [:]
    private(set) var events = 0
    /// How often the plugin has changed something here.
    private(set) var changes = 0

    init(answers: JSON.Object) { self.answers = answers }

    mutating func answer(_ method: String, _ params: JSON) -> Result<JSON, RPCError> {
        do throws(RPCError) {
            return .success(try result(method, params))
        } catch {
            return .failure(error)
        }
    }

    private mutating func result(_ method: String, _ params: JSON) throws(RPCError) -> JSON {
        switch method {
        case "host.call": return try call(params["method"]?.string ?? "")
        case "event.emit":
            changes += 1
            events += 1
            return ["seq": .number(JSON.Number(events))]
        case "store.get":
            let found = values[try key(params)]
            return [
                "value": found?.value ?? .null,
                "generation": .number(JSON.Number(found?.generation ?? 0)),
            ]
        case "store.put": return try put(params)
        case "store.delete":
            changes += 1
            return ["deleted": .bool(values.removeValue(forKey: try key(params)) != nil)]
        case "store.list": return list(params["prefix"]?.string ?? "")
        default: throw .methodNotFound(method)
        }
    }

    private func call(_ method: String) throws(RPCError) -> JSON {
        if let answer = answers[method] { return answer }
        var error = RPCError.methodNotFound(method)
        error.hint = "The kit answers host.call with what --answers says."
        throw error
    }

    private func key(_ params: JSON) throws(RPCError) -> String {
        guard let key = params["key"]?.string, !key.isEmpty else {
            throw .invalidParams("key: must be a text", fields: [.init(path: "key", reason: "")])
        }
        return key
    }

    private mutating func put(_ params: JSON) throws(RPCError) -> JSON {
        let key = try key(params)
        let generation = values[key]?.generation ?? 0
        if let wanted = params["generation"]?.int, wanted != generation {
            throw .staleGeneration("The generation of \(key) is \(generation).")
        }
        changes += 1
        values[key] = (params["value"] ?? .null, generation + 1)
        return ["generation": .number(JSON.Number(generation + 1))]
    }

    private func list(_ prefix: String) -> JSON {
        let items = values.filter { $0.key.hasPrefix(prefix) }.sorted { $0.key < $1.key }
        return [
            "items": .array(
                items.map {
                    [
                        "key": .string($0.key),
                        "generation": .number(JSON.Number($0.value.generation)),
                    ]
                })
        ]
    }
}
