internal import OpsCore
internal import OpsJSONRPC

extension Ticket {
    /// The ticket as its encoding says, without the way through an encoder: each change of a ticket
    /// leaves this in the audit log, and thousands come by an import.
    var json: JSON.Object {
        var json = names
        addMembers(to: &json)
        return json
    }

    /// What it is called.
    var names: JSON.Object { ["ref": .string(ref.description), "key": .string(key)] }

    /// All but what it is called, which is not known before it is stored.
    var unnamed: JSON.Object {
        var json: JSON.Object = [:]
        addMembers(to: &json)
        return json
    }

    private func addMembers(to json: inout JSON.Object) {
        json["kind"] = .string(kind.rawValue)
        json["title"] = .string(title)
        json["description"] = .string(description)
        json["state"] = .string(state.rawValue)
        json["hold_reason"] = (holdReason?.rawValue).map(JSON.string)
        json["impact"] = .number(JSON.Number(impact))
        json["urgency"] = .number(JSON.Number(urgency))
        json["priority"] = .number(JSON.Number(priority))
        json["priority_reason"] = priorityReason.map(JSON.string)
        json["requester"] = requester.map(JSON.string)
        json["assignee"] = assignee.map(JSON.string)
        json["queue"] = queue.map(JSON.string)
        json["labels"] = .object(labelsJSON)
        json["fields"] = .object(fields)
        json["channel"] = .string(channel.rawValue)
        json["source"] = source.map(JSON.string)
        json["resolution"] = resolution.map(JSON.string)
        json["resolution_code"] = (resolutionCode?.rawValue).map(JSON.string)
        json["root_cause"] = rootCause.map(JSON.string)
        json["workaround"] = workaround.map(JSON.string)
        json["known_error"] = .bool(knownError)
        json["reopen_count"] = .number(JSON.Number(reopenCount))
        json["created_at"] = .string(createdAt.description)
        json["updated_at"] = .string(updatedAt.description)
        json["resolved_at"] = (resolvedAt?.description).map(JSON.string)
        json["closed_at"] = (closedAt?.description).map(JSON.string)
        json["generation"] = .number(JSON.Number(generation))
    }

    /// The labels in the order of their names.
    var labelsJSON: JSON.Object {
        JSON.Object(labels.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) })
    }
}
