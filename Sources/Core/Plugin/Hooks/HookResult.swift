public import OpsJSONRPC

/// What a plugin says about a call that is about to be carried out.
public enum HookResult: Sendable, Equatable {
    /// The call may go on as it is.
    case `continue`
    /// The call is to go on with these parameters.
    case replace(JSON.Object)
    /// The call is not to be carried out; its caller gets this error.
    case reject(RPCError)
}

extension HookResult {
    /// Reads what an external plugin answers to `hook.call`.
    init(json: JSON, of plugin: String) throws(RPCError) {
        switch json["action"]?.string {
        case "continue": self = .continue
        case "replace":
            guard let payload = json["payload"]?.object else {
                throw .badField("payload", "must be an object when the action is replace")
            }
            self = .replace(payload)
        case "reject":
            self = .reject(Self.rejection(json["error"] ?? .null, by: plugin))
        default: throw .badField("action", "must be continue, replace or reject")
        }
    }

    /// A plugin's errors have codes of its own, from 2000; others would be taken for ours.
    private static func rejection(_ json: JSON, by plugin: String) -> RPCError {
        let code = json["code"]?.int ?? 0
        return RPCError(
            code: code >= 2000 ? code : 1004, kind: json["kind"]?.string ?? "rejected",
            message: json["message"]?.string ?? "The plugin \(plugin) rejects the call.")
    }
}
